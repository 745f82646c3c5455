"""Jobs: accepted work that is kept until it is done, and the recipe with which a result can be made again."""
