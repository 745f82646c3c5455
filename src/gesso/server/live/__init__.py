"""Live streams: frames come in over a WebSocket, results go back, and the newest frame always wins."""
