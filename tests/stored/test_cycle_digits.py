"""The script of the stored reliefs, in small."""

import functools

import numpy as np
import pytest
import torch
from torch import nn

from lib.cyclegan import Translators
from lib.stored import cycle_digits, load_run
from lib.stored.cycle_digits import (
    Translated,
    load_halves,
    local_map,
    patch_judge,
    play_digits,
    relief,
    share_paired,
    translated,
)
from tests.seeds import seeded


@pytest.fixture(scope="module")
def halves():
    return load_halves()


def test_all_weights_are_stored_with_all_that_led_to_them(
    save_in, monkeypatch, capsys
):
    folder = save_in(cycle_digits)
    monkeypatch.setattr(cycle_digits, "SEEDS", range(2))
    play = functools.partial(play_digits, steps=2)
    monkeypatch.setattr(cycle_digits, "play_digits", play)
    cycle_digits.main()
    assert "cycle_digits.json" in capsys.readouterr().out
    run = load_run("cycle_digits", folder=folder)
    assert run.command == "make stored-cyclegan"
    assert run.results.keys() == {
        f"{weight:g}: {what}"
        for weight in (0, 1, 10)
        for what in Translated._fields
    }


def test_a_relief_by_hand_and_by_numpy():
    x = torch.zeros(1, 1, 3, 3)
    x[..., 1, 1] = 1
    wanted = [[0.5, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 0]]
    assert relief(x)[0, 0].tolist() == wanted
    x = torch.rand(4, 1, 6, 6, generator=seeded())
    moved = np.pad(x.numpy(), ((0, 0), (0, 0), (1, 0), (1, 0)))[..., :-1, :-1]
    assert np.allclose(relief(x), 0.5 + (x.numpy() - moved) / 2)


def test_a_relief_is_undone_by_sums_along_diagonals():
    x = torch.rand(3, 1, 5, 5, generator=seeded(1))
    steps, back = 2 * relief(x) - 1, torch.zeros_like(x)
    for k in range(5):  # what lies k further up and left
        back[..., k:, k:] += steps[..., : 5 - k, : 5 - k]
    assert torch.allclose(back, x, atol=1e-6)


def test_the_halves_share_no_digit(halves):
    assert halves.x.shape == halves.y.shape == (10_000, 1, 14, 14)
    assert halves.test.shape == (500, 1, 14, 14)
    assert all(part.min() >= 0 and part.max() <= 1 for part in halves)
    assert share_paired(relief(halves.x[:200]), halves.y[:200]) < 0.05


def test_the_truth_is_paired_and_strangers_are_not():
    x = torch.rand(20, 1, 4, 4, generator=seeded())
    assert share_paired(x, x) == 1
    assert share_paired(x.flip(0), x) == 0


class Relief(nn.Module):
    def forward(self, x):
        return relief(x)


def test_what_is_measured_of_a_true_map_and_of_an_idle_one(halves):
    nets = Translators(Relief(), nn.Identity(), None, None)
    found = translated(nets, halves.test)
    assert found.paired_there == 1
    assert found.error_there == 0
    away = (relief(halves.test) - halves.test).abs().mean().item()
    assert found.error_back == found.cycle == pytest.approx(away)
    assert found.noisy > 0


def test_a_map_sees_seven_by_seven_and_a_judge_ten_by_ten():
    for net, size in ((local_map(seeded()), 7), (patch_judge(seeded()), 10)):
        x = torch.rand(1, 1, 20, 20, generator=seeded(1), requires_grad=True)
        out = net(x)
        out[..., out.shape[-2] // 2, out.shape[-1] // 2].sum().backward()
        seen = x.grad[0, 0] != 0
        assert seen.any(0).sum() <= size
        assert seen.any(1).sum() <= size
        assert seen.sum() > size


def test_weights_are_bounded_as_torch_bounds_them():
    first = local_map(seeded())[0]
    assert first.weight.abs().max() <= 1 / 3
    assert first.weight.abs().max() > 0.25
    assert not torch.equal(first.weight, local_map(seeded(1))[0].weight)


def test_same_seeds_same_reliefs(halves):
    def history():
        steps = play_digits(halves, 1.0, steps=2, generator=seeded(5))
        return [step[:3] for _, step in steps]

    assert history() == history()
