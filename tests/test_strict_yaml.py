"""Settings files: nothing is guessed and every fault has its line."""

import pytest

from hgeval import strict_yaml
from hgeval.errors import ParameterError


def read(tmp_path, text):
    path = tmp_path / "a.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return strict_yaml.read(path)


def test_every_scalar_stays_text(tmp_path):
    data, _ = read(tmp_path, "a: NO\nb: off\nc: 0363\nd: 12:30\ne: 1e3\nf: 2025-01-02\ng: ~\n")
    assert data == {"a": "NO", "b": "off", "c": "0363", "d": "12:30", "e": "1e3", "f": "2025-01-02", "g": "~"}


def test_lines_are_kept_for_nested_keys_and_items(tmp_path):
    _, lines = read(tmp_path, "a:\n  b: 1\nc:\n  - x: 1\n    y: 2\n")
    assert lines[("a", "b")] == 2
    assert lines[("c", 0, "y")] == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "regel 2: deze naam staat er twee keer"),
        ("a: &x 1\nb: *x\n", "regel 2: verwijzingen"),
        ("a: !!python/object/apply:os.system [ls]\n", "regel 1: eigen typen"),
        ("a: !eigen 1\n", "regel 1: eigen typen"),
        ("a: 1\n\tb: 2\n", "regel 2: een tab mag niet; gebruik spaties"),
        ("a:\n\t- b\n", "regel 2: een tab mag niet; gebruik spaties"),
        ("{[a, b]: c}: d\n", "regel 1: een naam moet tekst zijn"),
        ("a: 1\n? [a, b]\n: c\n", "regel 2: een naam moet tekst zijn"),
        ("a: " + "[" * 3000 + "]" * 3000, "regel 1: meer dan 20 niveaus diep mag niet"),
        ("a: 1\nb: " + "{c: " * 3000, "regel 2: meer dan 20 niveaus diep mag niet"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', "regel 2: dit teken bestaat niet"),
        ("a: 1\nb: \x01\n", "regel 2: dit is geen geldige YAML"),
        ("a: 1\nb: c: d\n", "regel 2: hier mag geen dubbele punt staan; spring niet in"),
        ("a: 1\nb\nc: 2\n", "regel 2: achter de naam ontbreekt een dubbele punt"),
        ("a:\n  b: 1\n c: 2\n", "regel 3: de regel springt anders in dan de regels erboven"),
        ("a: 1\nb: 'x\nc: 2\n", "regel 2: een aanhalingsteken of haakje is niet gesloten"),
        ("a: 1\nb: {c: 1 d: 2}\n", "regel 2: tussen haakjes ontbreekt een komma"),
        ("a: 1\nb: @x\n", "regel 2: dit teken mag hier niet staan"),
        ("a: 1\nb: [}\n", "regel 2: hier ontbreekt een waarde"),
        ('a: 1\nb: "\\q"\n', "regel 2: na \\ mag dit teken niet"),
        ("a: 1\n---\nb: 2\n", "regel 2: --- mag maar één keer"),
        ("a: 1\nb: - c\n", "regel 2: dit is geen geldige YAML"), ("a: 1\nb: |x\n", "regel 2: dit is geen geldige YAML"),
        ("- a\n", "verwacht regels als 'naam: waarde'"),
    ],
)
def test_what_could_mislead_is_refused_with_its_line(tmp_path, text, said):
    with pytest.raises(ParameterError, match="a.yml") as fault:
        read(tmp_path, text)
    assert said in str(fault.value)
    assert not any(word in str(fault.value) for word in ("expected", "found", "while", "allowed", "token"))


def test_a_file_that_is_no_text_or_not_there_is_named(tmp_path):
    with pytest.raises(ParameterError, match="kan dit bestand niet lezen"):
        read(tmp_path, b"\xff\xfe\x00")
    with pytest.raises(ParameterError, match="weg.yml"):
        strict_yaml.read(tmp_path / "weg.yml")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\n")[0] == {"a": "1"}
