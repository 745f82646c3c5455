"""HTTP and WebSocket: the studio's own interface under `/api/v1`, and the files of the studio itself."""
