"""What host and worker say to each other: one small file each way, tagged, and held by a snapshot."""
