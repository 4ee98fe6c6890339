"""The JSON door: routes under /v1, problem details for every error, health.

A route decodes a request, calls one use case and answers with the bytes that it returns.
"""
