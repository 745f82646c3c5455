"""Programs that write text without Gesso, for the benchmarks: what is asked comes as JSON, and so do the figures."""
