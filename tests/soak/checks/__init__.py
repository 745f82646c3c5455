"""What must hold at the end. Each check returns the faults that it finds, in words."""
