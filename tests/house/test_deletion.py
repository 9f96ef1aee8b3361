"""One deletion: nobody else takes a key or sealed bytes away, and every way to it goes through the claim."""

import ast

import pytest

from tests.house.source import modules, tree

DESTROYS = {"keystore.destroy", "objects.remove_all", "objects.remove", "objects.remove_others"}
MAY = {
    "portal.retention.deletion": "the deletion",
    "portal.retention.actions": "what came back after its deletion",
    "portal.retention.moves": "the other copy, once it lies in the threat archive",
    "portal.documents.setting": "drafts that were dropped, and what attempts at a letter have left",
    "portal.ingest.drafts": "what an import that died has left, which nobody owns",
    "portal.recordings.render": "what was sealed after the deletion had passed by",
}
"""Who may call them, and for what."""

OWN_FILES = {
    "portal.retention.backup": "the copies it makes",
    "portal.retention.restore": "what it puts back, while the portal is closed",
}
"""Who knows the stores' folders and unlinks too, and what."""

CLAIMS = {"portal.retention.deletion"}
"""Who may say of a recording that it is on its way out."""


def calls(module: str) -> set[str]:
    return {
        ".".join(ast.unparse(node.func).split(".")[-2:])
        for node in ast.walk(tree(modules()[module]))
        if isinstance(node, ast.Call)
    }


def unlinks(module: str) -> set[str]:
    """Calls that take files away by whatever name."""
    return {c for c in calls(module) if c.split(".")[-1] in ("unlink", "rmtree", "rmdir", "remove", "removedirs")}


@pytest.mark.parametrize("module", sorted(m for m in modules() if m.startswith(("portal.", "tasks"))))
def test_nobody_but_the_deletion_takes_keys_and_sealed_bytes_away(module):
    assert module in MAY or not calls(module) & DESTROYS


@pytest.mark.parametrize("module", sorted(m for m in modules() if m.startswith(("portal.", "tasks"))))
def test_nobody_but_the_vault_unlinks_where_the_vault_stores(module):
    """Whoever asks the vault for a path of the stores unlinks nothing itself."""
    if module.startswith("portal.vault"):
        return
    asks = {
        c for c in calls(module) if c in ("keystore.path_of", "objects.path_of", "keystore.folder", "objects.folder")
    }
    if module in MAY | OWN_FILES or not asks:
        return
    assert not unlinks(module), asks


@pytest.mark.parametrize("module", sorted(m for m in modules() if m.startswith(("portal.", "tasks"))))
def test_nobody_but_the_deletion_claims_a_recording(module):
    """`state=State.PURGING` is written in one place."""
    written = [
        node
        for node in ast.walk(tree(modules()[module]))
        if isinstance(node, ast.Dict | ast.keyword)
        and any(
            ast.unparse(value) == "State.PURGING"
            for value in (node.values if isinstance(node, ast.Dict) else [node.value])
        )
    ]
    assert module in CLAIMS or not written


def test_the_walk_sees_what_it_must_see():
    for module in MAY:
        assert calls(module) & DESTROYS, module
    assert "path.unlink" in unlinks("portal.vault.objects")
