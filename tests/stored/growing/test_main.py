"""The script of the growing networks, in small."""

import numpy as np
from safetensors.torch import load_file

from lib.stored import load_run
from lib.stored.growing import __main__ as script
from lib.stored.growing import training
from lib.stored.growing.judging import as_bytes, draw_scales
from lib.stored.growing.training import METHODS, adversaries, moments
from tests.seeds import seeded


def test_numbers_pictures_and_weights_of_one_run_fit_together(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(script, "SEEDS", (0, 5))
    monkeypatch.setattr(
        script, "moments", lambda *job: moments(*job, budget=14)
    )
    monkeypatch.setattr(script, "judged", lambda net, digits: {"frechet": 1.0})
    script.main(tmp_path)
    assert "growing.json" in capsys.readouterr().out
    run = load_run("growing", folder=tmp_path)
    assert run.command == "make stored-growing"
    assert run.settings["widths"] == [*training.WIDTHS]
    assert run.results["plain: steps"] == [14, 14]
    assert set(run.results) >= {f"{name}: seconds" for name in METHODS}
    pictures = np.load(tmp_path / "growing.npz")
    weights = load_file(tmp_path / "growing.safetensors")
    for name in METHODS:
        net, _ = adversaries(name, seeded())
        net.load_state_dict(
            {
                key.removeprefix(f"{name}."): weight.float()
                for key, weight in weights.items()
                if key.startswith(f"{name}.")
            }
        )
        # half precision moves a grey level by a few of 255 at most
        again = as_bytes(draw_scales(net, script.SHOWN)).astype(int)
        assert abs(again - pictures[name][-1]).max() <= 3
