from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gesso.errors import DeclarationError, NotFoundError
from gesso.registry.manifest import is_name, read_manifest
from gesso.spec.model import Card, Requirements
from tests.registry.models import make_file, make_folder


def test_a_folder_is_read_without_running_its_code(tmp_path: Path) -> None:
    folder = make_folder(
        tmp_path / "Flat Colours!",
        'licence = "MIT"\ndependencies = ["numpy"]\nrequires-python = ">=3.11"\nclass = "Posterise"\nmemory_mb = 50\n',
    )
    (folder / "LICENSE.txt").write_text("MIT License")
    manifest = read_manifest(folder)
    assert manifest.name == "flat-colours"
    assert manifest.title == "Flat colours"
    assert manifest.description == "Posterise: reduce a photo to a few flat colours."
    assert manifest.path == manifest.folder == folder
    assert manifest.entry == folder / "model.py"
    assert manifest.class_name == "Posterise"
    assert manifest.requirements == Requirements(python=">=3.11", dependencies=("numpy",))
    assert manifest.card == Card(licence="MIT", memory_mb=50)
    assert manifest.weights == ()
    assert manifest.licence_path == folder / "LICENSE.txt"


def test_a_single_file_is_read_without_running_its_code(tmp_path: Path) -> None:
    file = make_file(tmp_path / "My_Filter.py", 'dependencies = ["numpy"]\n[tool.gesso]\ntitle = "Filter"')
    manifest = read_manifest(file)
    assert (manifest.name, manifest.title) == ("my-filter", "Filter")
    assert manifest.path == manifest.entry == file
    assert manifest.folder == tmp_path
    assert manifest.requirements.dependencies == ("numpy",)
    assert manifest.licence_path is None


def test_a_folder_needs_no_gesso_toml(tmp_path: Path) -> None:
    assert read_manifest(make_folder(tmp_path / "plain", None)).name == "plain"


def test_whoever_names_model_py_means_its_folder(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pose", 'title = "P"')
    assert read_manifest(folder / "model.py") == read_manifest(folder)
    bare = make_folder(tmp_path / "bare", None)
    assert read_manifest(bare / "model.py").name == "bare"


def test_another_entry(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pose", 'entry = "src/pose.py"')
    (folder / "src").mkdir()
    make_file(folder / "src" / "pose.py", 'dependencies = ["numpy"]')
    manifest = read_manifest(folder)
    assert manifest.entry == folder / "src" / "pose.py"
    assert manifest.folder == folder / "src"
    assert manifest.requirements.dependencies == ("numpy",)


def test_code_that_cannot_be_parsed_has_no_description(tmp_path: Path) -> None:
    for code in ("def broken(", "x = " + "(" * 5000, "\0"):
        assert read_manifest(make_folder(tmp_path / "broken", code=code)).description == ""


@pytest.mark.parametrize("name", ["licence", "LICENSE.md", "Copying", "license-mit"])
def test_the_text_of_a_licence_is_found(tmp_path: Path, name: str) -> None:
    folder = make_folder(tmp_path / "pose")
    (folder / "licensed.py").touch()
    (folder / name).touch()
    assert read_manifest(folder).licence_path == folder / name


def test_what_is_not_there_or_no_model(tmp_path: Path) -> None:
    (tmp_path / "picture.jpg").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for name, message in {
        "none": "There is no file or folder",
        "nu\0l": "There is no file or folder",
        "x" * 5000: "There is no file or folder",
        "circle": "There is no file or folder",
        "picture.jpg": "picture.jpg is not a model",
        "empty": "empty is not a model: it has no model.py",
    }.items():
        with pytest.raises(NotFoundError, match=message):
            read_manifest(tmp_path / name)
    with pytest.raises(NotFoundError):
        read_manifest(Path("~nobody-of-that-name/model"))


def weights(**changed: str) -> str:
    right = {"name": "'w.bin'", "url": "'https://example.org/w'", "sha256": f"'{'0' * 64}'"}
    return "[[weights]]\n" + "\n".join(f"{key} = {value}" for key, value in (right | changed).items())


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("name = 'Pose'", "'Pose' cannot be a model's name"),
        ("name = 'a--b'", "cannot be a model's name"),
        ("name = '../x'", "cannot be a model's name"),
        ("requires-python = '3'", "does not say which versions of Python"),
        ("dependencies = ['numpy', '--index-url=x']", "'--index-url=x' does not name a package"),
        ("without-dependencies = ['a b']", "'a b' does not name a package"),
        ("memory_mb = -1", "memory_mb: expected a number of megabytes"),
        ("entry = '../model.py'", "entry: ../model.py lies outside"),
        ("entry = '/etc/passwd'", "lies outside"),
        ("entry = 'link.py'", "lies outside"),
        ('entry = "nu\\u0000l"', "is not the path of a file"),
        ("preview = '../../secret.jpg'", "preview: ../../secret.jpg lies outside"),
        ("[[examples]]\nphoto = 2026-11-22", "cannot be sent to a model"),
        ("[[examples]]\namount = nan", "cannot be sent to a model"),
        (weights(name="'../w'"), "'../w' is not the name of a file"),
        (weights(name="''"), "is not the name of a file"),
        (weights(url="'file:///etc/passwd'"), "need a url that begins with https://"),
        (weights(sha256="'123'"), "need a sha256 of 64 digits"),
        (weights(size_bytes="-1"), "cannot have -1 bytes"),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "other.py").touch()
    folder = make_folder(tmp_path / "pose", toml)
    (folder / "link.py").symlink_to(tmp_path / "other.py")
    with pytest.raises(DeclarationError) as caught:
        read_manifest(folder)
    assert message in caught.value.message


def test_right_weights_and_a_preview_on_the_web(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pose", f"preview = 'https://example.org/p.jpg'\n{weights()}")
    manifest = read_manifest(folder)
    assert manifest.weights[0].name == "w.bin"
    assert manifest.card.preview == "https://example.org/p.jpg"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "pose")
    (folder / "gesso.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DeclarationError, match=r"gesso\.toml cannot be read"):
        read_manifest(folder)


def test_names() -> None:
    assert all(map(is_name, ("pose", "style-2", "3d")))
    assert not any(map(is_name, ("", "-a", "a-", "a--b", "A", "a_b", "a/b", "a\n", "é", "a" * 121)))


def test_a_name_is_made_from_any_path(tmp_path: Path) -> None:
    for path, name in {"Été 2026.py": "ete-2026", "絵.py": "model", "a__b.py": "a-b"}.items():
        assert read_manifest(make_file(tmp_path / path)).name == name


def test_two_weights_of_one_name_are_refused(tmp_path: Path) -> None:
    one = f'[[weights]]\nname = "net.onnx"\nurl = "https://example.org/x"\nsha256 = "{"0" * 64}"\n'
    with pytest.raises(DeclarationError, match="two have the same name"):
        read_manifest(make_folder(tmp_path / "mine", one * 2))


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (f"memory_mb = {'1' * 5000}", "memory_mb in gesso.toml is a number with more digits"),
        (f"memory_mb = 0x{'1' * 5000}", "expected a number of megabytes, but got a very large number"),
        ("preview = 'http://[x'", "preview in gesso.toml: 'http://[x' is not an address"),
        (weights(url="'https://[x'"), "url of the weights w.bin in gesso.toml"),
        (weights(size_bytes=f"0x{'1' * 5000}"), "cannot have so many bytes"),
    ],
)
def test_numbers_and_addresses_that_cannot_be_read_are_refused(tmp_path: Path, toml: str, message: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        read_manifest(make_folder(tmp_path / "pose", toml))
    assert message in caught.value.message


@pytest.mark.parametrize("name", ["gesso.toml", "model.py"])
def test_only_ordinary_files_of_a_fair_size_inside_the_folder_are_read(tmp_path: Path, name: str) -> None:
    file = make_folder(tmp_path / "pose") / name
    file.write_bytes(b"#" * 5_000_001)
    with pytest.raises(DeclarationError, match="The largest that is read") as caught:
        read_manifest(tmp_path / "pose")
    assert name in caught.value.message
    file.unlink()
    file.symlink_to("/dev/zero" if Path("/dev/zero").exists() else tmp_path)
    with pytest.raises(DeclarationError, match="lies outside"):
        read_manifest(tmp_path / "pose")
    file.unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(file)
        with pytest.raises(DeclarationError, match="not an ordinary file"):
            read_manifest(tmp_path / "pose")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names in bytes")
def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    try:
        folder = make_folder(tmp_path / os.fsdecode(b"mod\xff"))
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    with pytest.raises(DeclarationError, match="not UTF-8"):
        read_manifest(folder)
    with pytest.raises(NotFoundError) as caught:
        read_manifest(folder / "none")
    caught.value.message.encode()


class _Rubbish:
    """A cycle that runs a little Python when it is collected: there, one thread gives way to another."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        sum(range(50))


def test_many_may_read_models_at_once(tmp_path: Path) -> None:
    """Python up to 3.12 loses its way when several threads parse: github.com/python/cpython/issues/106905."""
    functions = "def f(a: int = 1, *b):\n    return [x for x in (a, b) if x + 1 * 2]\n" * 100

    def read(number: int) -> str:
        for _ in range(300):
            _Rubbish()
        path = tmp_path / f"model{number}.py"
        path.write_text(f'"""Doc {number}."""\n{functions}', encoding="utf-8")
        return read_manifest(path).description

    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(read, range(200))) == [f"Doc {number}." for number in range(200)]
    finally:
        sys.setswitchinterval(interval_s)


# -- models for another platform --------------------------------------------------------------------------------------

YML = "python: 3.6\nentrypoint: python runway_model.py\nbuild_steps: [pip install -r requirements.txt, make]\n"


def make_runway(folder: Path, yml: str = YML) -> Path:
    folder.mkdir()
    (folder / "runway.yml").write_text(yml)
    (folder / "requirements.txt").write_text("runway-python\nnumpy==1.16\n")
    (folder / "runway_model.py").write_text('"""Draws foxes."""\nraise RuntimeError("code of the model has run")\n')
    (folder / "LICENSE").write_text("MIT License")
    return folder


def test_a_runway_model_is_read_by_its_own_declaration(tmp_path: Path) -> None:
    folder = make_runway(tmp_path / "Fox Drawer")
    manifest = read_manifest(folder)
    assert (manifest.kind, manifest.name, manifest.title) == ("runway", "fox-drawer", "Fox drawer")
    assert manifest.description == "Draws foxes."
    assert manifest.entry == folder / "runway_model.py"
    assert manifest.requirements == Requirements(dependencies=("numpy",))
    assert manifest.places == {"numpy": "requirements.txt, line 2"}
    assert manifest.licence_path == folder / "LICENSE"
    assert len(manifest.notes) == 2
    assert read_manifest(folder / "runway.yml") == manifest


def test_it_runs_in_its_whole_folder(tmp_path: Path) -> None:
    folder = make_runway(tmp_path / "fox", "python: 3.6\nentrypoint: python src/model.py\n")
    (folder / "src").mkdir()
    (folder / "src" / "model.py").write_text("import runway\n")
    assert read_manifest(folder).folder == folder


@pytest.mark.parametrize(
    ("yml", "words"),
    [
        ("entrypoint: python ../outside.py\n", "outside"),
        ("entrypoint: python missing.py\n", "missing.py is run, which is not there"),
        ("entrypoint: [\n", "runway.yml, line 2 cannot be read"),
        ("- a\n", "not a table"),
        ("entrypoint: python runway_model.py\nbuild_steps: [pip install 'a b']\n", "does not name a package"),
        ("entrypoint: python runway_model.py\nbuild_steps: [apt-get install x]\n", "build step 1"),
    ],
)
def test_a_broken_runway_model_is_refused(tmp_path: Path, yml: str, words: str) -> None:
    (tmp_path / "outside.py").write_text("")
    with pytest.raises(DeclarationError, match=words):
        read_manifest(make_runway(tmp_path / "fox", yml))
