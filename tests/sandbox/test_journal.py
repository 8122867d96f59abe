from tui_app.sandbox.journal import Asked, Journal


def test_the_oldest_goes_when_there_is_no_room() -> None:
    journal = Journal(limit=2)
    asked = [Asked(float(time), "model", "prompt", False) for time in range(3)]
    for each in asked:
        journal.note(each)
    assert list(journal) == asked[1:]
    assert (len(journal), journal[0], journal[-1:]) == (2, asked[1], [asked[2]])
