"""Text generation: tokens per second for one client and for sixteen, waking, and the memory of ten fine-tunes.

A GPT-2 of 124 million parameters, with weights of pure chance: what it says means nothing, and takes as long as if it
did. The limit is CTranslate2 alone, in a process of its own with the same texts and threads; transformers is beside it.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import psutil
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from benchmarks.memory import Server, serving
from gesso.app import App
from gesso.runtime.host.launch import worker_variables
from gesso.settings import Settings
from gesso.trainers.text.speaking import Labels, make_speaker

CLIENTS: Final = (1, 16)
TOKENS: Final = 100
ROUNDS: Final = 3
WAKES: Final = 5
FINE_TUNES: Final = 10
PROMPT: Final = "the fox and the hare went over the snowy hill to see "

_VOCABULARY, _CONTEXT, _LAYERS, _WIDTH = 50257, 1024, 12, 768
_SCRIPTS: Final = Path(__file__).parent / "text_generators"
_THREADS: Final = psutil.cpu_count() or 1


def main() -> str:
    """Measure, and return the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_model(folder / "poet")
        limit = _alone("with_ctranslate2.py", folder / "poet" / "weights" / "ct2")
        beside = _alone("with_transformers.py", folder / "poet" / "weights")
        with _hosting(folder) as (server, client):
            hosted = {clients: _hosted_speed(client, clients) for clients in CLIENTS}
            seeded = {clients: _hosted_speed(client, clients, seed=7) for clients in CLIENTS}
            wakes = [_wake_s(client) for _ in range(WAKES)]
            sizes = _sizes(server, client)
    return f"{_speeds(hosted, limit, beside=beside, seeded=seeded)}\n{_waking(wakes)}\n{_memory(sizes)}"


# -- the model --------------------------------------------------------------------------------------------------------


def _make_model(folder: Path) -> None:
    """Write a model of GPT-2's smallest size."""
    weights = folder / "weights"
    weights.mkdir(parents=True)
    end = _VOCABULARY - 1
    config = {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "activation_function": "gelu_new",
        "vocab_size": _VOCABULARY,
        "n_positions": _CONTEXT,
        "n_embd": _WIDTH,
        "n_layer": _LAYERS,
        "n_head": 12,
        "bos_token_id": end,
        "eos_token_id": end,
    }
    (weights / "config.json").write_text(json.dumps(config), encoding="utf-8")
    _tokenizer().save(str(weights / "tokenizer.json"))
    _write_tensors(weights / "model.safetensors")
    make_speaker(folder, Labels(name=folder.name))


def _tokenizer() -> Tokenizer:
    """Return one with as many tokens as GPT-2's: all bytes, and most pairs of them."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pairs = [(one, other) for one in letters for other in letters][: _VOCABULARY - 1 - len(letters)]
    words = {word: number for number, word in enumerate([*letters, *("".join(pair) for pair in pairs)])}
    tokenizer = Tokenizer(models.BPE(vocab=words, merges=pairs))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return tokenizer


def _shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "wte.weight", (_VOCABULARY, _WIDTH)
    yield "wpe.weight", (_CONTEXT, _WIDTH)
    for number in range(_LAYERS):
        for norm in ("ln_1", "ln_2"):
            yield f"h.{number}.{norm}.weight", (_WIDTH,)
            yield f"h.{number}.{norm}.bias", (_WIDTH,)
        for layer, rows, columns in (
            ("attn.c_attn", 1, 3),
            ("attn.c_proj", 1, 1),
            ("mlp.c_fc", 1, 4),
            ("mlp.c_proj", 4, 1),
        ):
            yield f"h.{number}.{layer}.weight", (rows * _WIDTH, columns * _WIDTH)
            yield f"h.{number}.{layer}.bias", (columns * _WIDTH,)
    yield "ln_f.weight", (_WIDTH,)
    yield "ln_f.bias", (_WIDTH,)


def _write_tensors(path: Path) -> None:
    chance = np.random.default_rng(0)
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, shape in _shapes():
        size = 4 * int(np.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    head = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for _, shape in _shapes():
            file.write((chance.standard_normal(shape, dtype=np.float32) * np.float32(0.05)).tobytes())


# -- speed ------------------------------------------------------------------------------------------------------------


def _alone(script: str, model: Path) -> dict[int, float]:
    """Return tokens per second, by how many texts are written at once, of a program of its own."""
    asked = {"model": str(model), "prompt": PROMPT, "tokens": TOKENS, "rounds": ROUNDS, "at_once": CLIENTS}
    variables = worker_variables(model, _THREADS, mark="")
    done = subprocess.run(
        [sys.executable, str(_SCRIPTS / script), json.dumps(asked)],
        env=variables, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return {int(clients): speed for clients, speed in json.loads(done.stdout.splitlines()[-1]).items()}


@contextmanager
def _hosting(folder: Path) -> Iterator[tuple[Server, httpx.Client]]:
    """Start a server with the model and nine fine-tunes of it, all hosted and for everybody."""
    home = folder / "home"
    names = ["poet", *(f"poet-{number}" for number in range(1, FINE_TUNES))]
    app = App(Settings(home=home), report=lambda _: None)
    for name in names:
        if name != "poet":
            shutil.copytree(folder / "poet", folder / name)
            toml = (folder / name / "gesso.toml").read_text(encoding="utf-8").replace('"poet"', f'"{name}"')
            (folder / name / "gesso.toml").write_text(toml, encoding="utf-8")
        app.trust.trust(app.registry.add(str(folder / name)))
    with serving(home) as server, httpx.Client(base_url=server.url, timeout=600) as client:
        for name in names:
            client.post("/api/v1/deployments", json={"model": name, "is_public": True}).raise_for_status()
            client.post(f"/api/v1/deployments/{name}/sleep").raise_for_status()
        yield server, client


def _complete(client: httpx.Client, name: str, **more: Any) -> int:
    """Have a text written. Returns how many tokens it has."""
    asked = {"prompt": PROMPT, "max_tokens": TOKENS, **more}
    answer = client.post(f"/m/{name}/v1/completions", json=asked)
    answer.raise_for_status()
    return int(answer.json()["usage"]["completion_tokens"])


def _hosted_speed(client: httpx.Client, clients: int, **more: Any) -> float:
    """Return the tokens per second that clients get together, each of which asks again when it has its answer."""
    _complete(client, "poet", **more)

    def one(_: int) -> int:
        with httpx.Client(base_url=client.base_url, timeout=600) as own:
            return sum(_complete(own, "poet", **more) for _ in range(ROUNDS))

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        tokens = sum(threads.map(one, range(clients)))
    return tokens / (time.perf_counter() - began)


def _wake_s(client: httpx.Client) -> float:
    """Return how long the first token of a model takes that sleeps."""
    client.post("/api/v1/deployments/poet/sleep").raise_for_status()
    asked = {"prompt": PROMPT, "max_tokens": 4, "stream": True}
    began, first = time.perf_counter(), 0.0
    with client.stream("POST", "/m/poet/v1/completions", json=asked) as answer:
        for line in answer.iter_lines():
            first = first or (time.perf_counter() if line.startswith("data: {") else 0.0)
    return first - began


# -- memory -----------------------------------------------------------------------------------------------------------


def _sizes(server: Server, client: httpx.Client) -> dict[str, float]:
    """Return megabytes, by what takes them."""
    for name in ("poet", *(f"poet-{number}" for number in range(1, FINE_TUNES))):
        client.post(f"/api/v1/deployments/{name}/sleep").raise_for_status()

    def workers() -> float:
        return server.megabytes() - server.own_megabytes()

    sizes = {
        f"the server, with {FINE_TUNES} deployments that sleep": server.own_megabytes(),
    }
    _complete(client, "poet", max_tokens=1)
    sizes["one that is awake, after its first token"] = workers()
    _complete(client, "poet")
    sizes[f"one that is awake, after {TOKENS} tokens"] = workers()
    _hosted_speed(client, 16)
    sizes["one that is awake, after 16 texts at once"] = workers()
    for number in range(1, FINE_TUNES):
        _complete(client, f"poet-{number}")
    sizes[f"{FINE_TUNES} that are awake"] = workers()
    return sizes


# -- tables -----------------------------------------------------------------------------------------------------------


def _speeds(
    hosted: dict[int, float], limit: dict[int, float], *, beside: dict[int, float], seeded: dict[int, float]
) -> str:
    rows = ["| clients | hosted | CTranslate2 alone | of it | transformers | times it | hosted, with seeds |"]
    rows.append("|---:|---:|---:|---:|---:|---:|---:|")
    for clients in CLIENTS:
        share, times = hosted[clients] / limit[clients], hosted[clients] / beside[clients]
        near, far = f"{share:.2f}x (aim 0.9x: {_met(share >= 0.9)})", f"{times:.1f}x (aim 3x: {_met(times >= 3)})"
        figures = [hosted[clients], limit[clients], beside[clients], seeded[clients]]
        shown = [f"{figure:.0f}" for figure in figures]
        rows.append(f"| {clients} | {shown[0]} | {shown[1]} | {near} | {shown[2]} | {far} | {shown[3]} |")
    many, one = CLIENTS[-1], CLIENTS[0]
    gain = hosted[many] / hosted[one]
    return (
        "\n".join(rows) + f"\n\nTokens a second. {many} clients get {gain:.1f}x of one (aim 4x: {_met(gain >= 4)}).\n"
    )


def _waking(wakes: list[float]) -> str:
    median = statistics.median(wakes)
    aim = f"aim < 1.5 s: {_met(median < 1.5)}"
    return f"From asleep to the first token: {median:.2f} s ({aim}), at most {max(wakes):.2f} s.\n"


def _memory(sizes: dict[str, float]) -> str:
    rows = "".join(f"| {what} | {size:.0f} MB |\n" for what, size in sizes.items())
    return f"| what | memory |\n|---|---:|\n{rows}"


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"
