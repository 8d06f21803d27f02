"""The interfaces of a screening session: keys on a full screen, lines on a terminal, a script."""

import asyncio
import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from reviewkit.model.record_fields import RecordField
from reviewkit.model.records import Stage
from reviewkit.tui.app import ReviewApp
from reviewkit.tui.keys import Keys
from reviewkit.tui.modes import Choice, Listing, Question
from reviewkit.tui.screening_screen import ScreeningScreen
from reviewkit.tui.text_parts import CHOICE_KEYS
from reviewkit.workflow.clock import running_clock
from reviewkit.workflow.project import ReviewProject
from tests.helpers.screening_review import session_of
from tests.helpers.screens import SIZE, shown
from tests.helpers.session_contract import Act, Answer, SessionContract, rows
from tests.helpers.terminal import Terminal
from tests.helpers.warm import Command, command

_VERDICTS = {"You included it": "include", "You excluded it": "exclude", "You said maybe": "maybe"}


def stored(project: ReviewProject, reviewer: str) -> int:
    return int(rows(project, f"SELECT count(*) FROM decisions WHERE reviewer = '{reviewer}'")[0][0])


class FullScreen(SessionContract):
    """The full screen, with real keys through Textual's pilot; killed in a real terminal."""

    def play(
        self,
        project: ReviewProject,
        *acts: Act,
        reviewer: str = "ana",
        stage: Stage = Stage.TITLE_ABSTRACT,
    ) -> list[Answer]:
        async def run(screen: ScreeningScreen) -> list[Answer]:
            async with ReviewApp(screen, screen.theme).run_test(size=SIZE) as pilot:
                await pilot.pause()
                answers = [self._answer(screen, project, reviewer)]
                for act in acts:
                    first, *rest = self._keys(act)
                    await pilot.press(first)
                    # What was to be typed is no key of its own where the first one was refused.
                    if rest and (screen.mode is not None or first == "u"):
                        await pilot.press(*rest)
                    await pilot.pause()
                    answers.append(await self._read(screen, pilot, project, reviewer))
                await pilot.press("q")
                return answers

        with session_of(project, reviewer, stage=stage, clock=running_clock({})) as session:
            return asyncio.run(run(ScreeningScreen(session, Keys())))

    @staticmethod
    def _keys(act: Act) -> list[str]:
        typed = ["ctrl+u", *act.text, "enter"]
        keys = {
            "include": ["i"],
            "exclude": [str(act.number)] if act.number else ["e", "enter"],
            "maybe": ["m"],
            "skip": ["s"],
            "undo": ["u"] * (act.number or 1),
            "back": ["b"],
            "forward": ["right"],
            "note": ["n", *typed],
            "tag": ["t", *typed],
            "go": ["/", *act.text, "enter", "enter"],
            "find": ["/", *typed],
            "filter": ["f", "8", *typed],
            "highlight": ["w", *typed],
            "history": ["h"],
            "show": ["ctrl+l"],
            "sought": ["r", "1", *typed],
            "edit": ["E", *_field_keys(act.text), "enter"],
            "duplicate": ["d", *typed],
            "not_duplicate": ["D", "1"],
            "retrieved": ["r", "2", *typed],
            "not_retrieved": ["r", "3", *typed],
        }
        return keys[act.verb]

    async def _read(
        self, screen: ScreeningScreen, pilot: Pilot[None], project: ReviewProject, reviewer: str
    ) -> Answer:
        text = shown(screen)
        if isinstance(screen.mode, Choice | Question | Listing):
            await pilot.press("escape")
            await pilot.pause()
        return self._answer(screen, project, reviewer, text)

    @staticmethod
    def _answer(
        screen: ScreeningScreen, project: ReviewProject, reviewer: str, text: str = ""
    ) -> Answer:
        body = screen.panes.body.plain()
        record = re.search(r"pubmed:\d{5}", body)
        known = re.search(r"(\d+) done, (\d+) left", screen.panes.top.plain())
        assert known
        return Answer(
            text=text or shown(screen),
            record=record[0] if record else None,
            own=next((verdict for words, verdict in _VERDICTS.items() if words in body), None),
            done=int(known[1]),
            left=int(known[2]),
            stored=stored(project, reviewer),
        )

    def kill(self, project: ReviewProject, *acts: Act, shows: int) -> int:
        if shutil.which("tmux") is None:
            pytest.skip(
                "tmux is not installed, and nothing else shows what was painted before the kill"
            )
        pid = project.database.parent / "pid"
        with Terminal.opened(project.database.parent / "tmux") as terminal:
            screen = f"{Path(sys.executable).parent}/reviewkit screen -r ana --order id"
            run = f"{screen} -p {project.protocol_path}"
            terminal.start_mortal(run, pid)
            before = painted(terminal.wait(lambda text: painted(text) >= 0))
            for at in range(0, len(acts), 5):
                terminal.press(*(key for act in acts[at : at + 5] for key in self._keys(act)))
            terminal.wait(lambda text: painted(text) >= before + shows)
            return painted(terminal.kill(pid)) - before


def _field_keys(text: str) -> list[str]:
    """The keys that choose a field and type its value: `title=Right`."""
    name, equals, value = text.partition("=")
    if not equals:
        return []
    place = [str(field) for field in RecordField].index(name)
    return [CHOICE_KEYS[place], "ctrl+u", *value, "enter"]


def painted(text: str) -> int:
    """How many decisions the top line counts; -1 where it does not stand yet."""
    found = re.search(r"(\d+) done, \d+ left", text)
    return int(found[1]) if found else -1


class Plain(SessionContract):
    """The plain lines, typed on a terminal that can do nothing else."""

    def play(
        self,
        project: ReviewProject,
        *acts: Act,
        reviewer: str = "ana",
        stage: Stage = Stage.TITLE_ABSTRACT,
    ) -> list[Answer]:
        with self._open(project, reviewer, stage) as lines:
            book = _Book(text=lines.read(until="\n> "), project=project, reviewer=reviewer)
            for act in acts:
                lines.send(self._line(act) + "\n")
                # The terminal echoes what is typed: that is no answer.
                book.add(lines.read(until="\n> ").partition("\n")[2])
            lines.send("q\n")
            lines.read()
            lines.process.join()
            assert lines.process.exitcode == 0
        return book.answers

    @staticmethod
    def _open(project: ReviewProject, reviewer: str, stage: Stage) -> Any:
        return command(
            "screen",
            "-r",
            reviewer,
            "--order",
            "id",
            "--stage",
            stage,
            "--yes",
            "-p",
            str(project.protocol_path),
        )

    def _line(self, act: Act) -> str:
        words = {
            "include": "i",
            "exclude": "e",
            "maybe": "m",
            "skip": "s",
            "undo": "u",
            "back": "b",
            "forward": "f",
            "note": "n",
            "tag": "t",
            "go": "g",
            "find": "/",
            "filter": "where",
            "highlight": "h",
            "history": "hist",
            "show": "a",
            "edit": "ed",
            "duplicate": "dup",
            "not_duplicate": "nodup",
        }
        if act.verb == "edit":
            return f"ed {act.text.replace('=', ' ', 1)}"
        verb = words.get(act.verb, f"r {act.verb}")
        return " ".join(part for part in (verb, str(act.number or ""), act.text) if part)

    def kill(self, project: ReviewProject, *acts: Act, shows: int) -> int:
        with self._open(project, "ana", Stage.TITLE_ABSTRACT) as lines:
            lines.read(until="\n> ")
            lines.send("".join(self._line(act) + "\n" for act in acts))
            return kill_after(lines, shows, r"^(?:> )?(?:Included\.|Excluded: )")


@dataclass
class _Book:
    """The answers of a plain session; a record that is not shown again is still in view."""

    text: str
    project: ReviewProject
    reviewer: str
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.add(self.text)

    def add(self, text: str) -> None:
        last = self.answers[-1] if self.answers else None
        record, own = (last.record, last.own) if last else (None, None)
        known = re.findall(r"(\d+) of \d+ done, (\d+) left", text)
        if found := re.findall(r"^Record (\S+)", text, re.MULTILINE):
            said = re.search(
                r"^Your decision: (\w+)", text[text.rindex("\nRecord ") :], re.MULTILINE
            )
            record, own = found[-1], said[1] if said else None
        elif "Nothing is left" in text:
            record, own = None, None
            known = known or [(last.done + 1 if last else 0, 0)]
        done, left = known[-1] if known else (last.done, last.left) if last else (-1, -1)
        self.answers.append(
            Answer(
                text=text,
                record=record,
                own=own,
                done=int(done),
                left=int(left),
                stored=stored(self.project, self.reviewer),
            )
        )


class Script(SessionContract):
    """Steps from a file, and what came of each as a line of JSON."""

    def play(
        self,
        project: ReviewProject,
        *acts: Act,
        reviewer: str = "ana",
        stage: Stage = Stage.TITLE_ABSTRACT,
    ) -> list[Answer]:
        with self._open(project, acts, reviewer, stage) as run:
            return list(self._answers(run, project, reviewer))

    def _open(
        self, project: ReviewProject, acts: tuple[Act, ...], reviewer: str, stage: Stage
    ) -> Any:
        script = project.database.parent / "steps.jsonl"
        steps = [{"verdict": "show"}, *map(self._step, acts)]
        script.write_text("".join(json.dumps(step) + "\n" for step in steps), encoding="utf-8")
        arguments = ("--decisions", str(script), "--json", "-p", str(project.protocol_path))
        return command("screen", "-r", reviewer, "--stage", stage, "--yes", *arguments)

    @staticmethod
    def _step(act: Act) -> dict[str, Any]:
        if act.verb == "go":
            return {"verdict": "show", "record": act.text}
        spoken = {
            "include",
            "exclude",
            "maybe",
            "note",
            "tag",
            "sought",
            "retrieved",
            "not_retrieved",
            "edit",
            "duplicate",
            "not_duplicate",
        }
        record = {"record": "."} if act.verb in spoken else {}
        return {
            "verdict": act.verb,
            "text": act.text,
            "reason": act.number,
            "times": act.number,
            **record,
        }

    @staticmethod
    def _answers(run: Command, project: ReviewProject, reviewer: str) -> Any:
        for line in (output := run.read()).splitlines():
            if not line.startswith("{"):
                refused = output[output.index(line) :]
                yield Answer(
                    text=refused,
                    record=None,
                    own=None,
                    done=-1,
                    left=-1,
                    stored=stored(project, reviewer),
                )
                return
            document = json.loads(line)
            if "made" in document:
                return
            view, known = document["view"], document["progress"]
            yield Answer(
                text=line,
                record=view["record"]["source"] + ":" + view["record"]["source_id"]
                if view
                else None,
                own=view["own"]["verdict"] if view and view["own"] else None,
                done=known["done"],
                left=known["left"],
                stored=stored(project, reviewer),
            )

    def kill(self, project: ReviewProject, *acts: Act, shows: int) -> int:
        with self._open(project, acts, "ana", Stage.TITLE_ABSTRACT) as run:
            return kill_after(run, shows, r'"stored": true')


def kill_after(run: Command, shows: int, made: str) -> int:
    """Kill a command when it has written so many lines of `made`; return how many in the end."""
    text = ""
    while len(re.findall(made, text, re.MULTILINE)) < shows:
        # Whatever has come: on a busy machine the output may never pause behind a whole line.
        text += run.read_some()
    run.process.kill()
    text += run.read()
    return len(re.findall(made, text, re.MULTILINE))
