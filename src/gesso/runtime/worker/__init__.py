"""The process in which a model runs. It sees only sdk, spec, compat, messages, types and errors."""
