"""The model `remix`: new pictures from the patches of one."""
