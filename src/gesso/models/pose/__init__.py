"""The model `pose`: the joints of a person."""
