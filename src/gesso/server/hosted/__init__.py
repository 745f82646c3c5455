"""Deployments over HTTP: who asks, from where and with which token, whatever the protocol."""
