"""The vocabulary: one file per data type, with all that the type can do.

`base` says what that is, `catalogue` finds a type, `words` are what a model's author writes beside an annotation. The
value classes and aliases that models see (`Image`, `Landmarks`, ...) stand in the file of their type; the public face,
`gesso`, has them all. A new type is a new file here, and one widget in the studio.
"""
