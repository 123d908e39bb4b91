"""The script of the stored VAEs, in small."""

import math

import pytest
import torch

from lib.stored import load_run, vae


@pytest.fixture
def small(save_in, monkeypatch):
    """The same run, of three steps and few pictures."""
    monkeypatch.setattr(vae, "SEEDS", range(2))
    monkeypatch.setitem(vae.RECIPE, "steps", 3)
    monkeypatch.setattr(vae, "BOUND", {"samples": 4, "pictures": 30})
    real = vae.load_mnist()
    few = real._replace(
        train_images=real.train_images[:256],
        test_images=real.test_images[:50],
    )
    monkeypatch.setattr(vae, "load_mnist", lambda: few)
    return save_in(vae)


def test_both_protocols_are_stored_with_all_that_led_to_them(small, capsys):
    vae.main()
    assert "vae_binary.json" in capsys.readouterr().out
    grey, binary = (
        load_run(name, folder=small) for name in ("vae_grey", "vae_binary")
    )
    assert not grey.settings["binary"]
    assert binary.settings["binary"]
    for run in (grey, binary):
        assert run.settings["steps"] == 3
        assert run.settings["bound"] == {"samples": 4, "pictures": 30}
        assert run.settings["decoder"] == [20, 400, 784]
        found = run.results
        for k in range(2):
            parts = found["distortion"][k] + found["rate"][k]
            assert found["loss"][k] == pytest.approx(parts, rel=1e-5)
        assert all(math.isfinite(t) for t in found["tight_loss"])
        assert found["loss"][0] != found["loss"][1]


def test_a_seed_gives_the_same_numbers_twice(small):
    train, test = torch.rand(256, 784), torch.rand(50, 784)
    one, two = ([row for _, row in vae.rows(train, test, True)] for _ in "ab")
    assert one == two


def test_binary_pictures_are_all_that_the_model_sees(small, monkeypatch):
    shown = []

    class Watched(vae.VAE):
        def elbo(self, x, *, generator=None):
            shown.append(x)
            return super().elbo(x, generator=generator)

    monkeypatch.setattr(vae, "VAE", Watched)
    train, test = torch.rand(256, 784), torch.rand(50, 784)
    list(vae.rows(train, test, True))
    assert {*torch.cat(shown).unique().tolist()} == {0, 1}
    assert torch.equal(shown[3], shown[-1])  # one test set for all seeds
    shown.clear()
    list(vae.rows(train, test, False))
    assert torch.equal(shown[3], test)
