"""Where models come from: in the box, in a folder or file, or added; what they declare; whom to trust."""
