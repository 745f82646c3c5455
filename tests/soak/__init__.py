"""Soak: a Gesso under everything at once, for a minute or for a night, and what must hold afterwards.

    python -m tests.soak --seconds 600 --seed 7        (make soak ARGS="--seconds 600 --seed 7")

A server runs as a process of its own, with a home of its own and models of its own (`models.py`). Clients (`crowd.py`)
do one act after the other (`acts/`), drawn by chance from the seed: jobs, uploads, broken inputs, connections that
break. Somebody kills and stops workers meanwhile. In the first part of the time the server itself is killed and stopped
again and again; in the second it must live, so that its memory can be watched (`watching.py`). What was accepted is
written down (`accepted.py`) and compared at the end (`checks/`).
"""
