"""Prints the tables of docs/glossary.md: what the dashboard's help says, from its registry (`make docs`)."""

from dashboard.text.explanations import Explanation, explanations

TITLES = {"measured": "What sensors measure", "load": "Load and the plan", "word": "Other words"}


def main() -> None:
    for group, title in TITLES.items():
        terms = [one for one in explanations().values() if one.group == group]
        if group != "measured":
            print(f"\n## {title}\n")
        print("| term | unit | what it is | sign | how sure |\n|---|---|---|---|---|")
        for one in terms:
            row = f"| {_term(one)} | {one.unit} | {one.what} | {one.sign} | {one.sure} |"
            print(row.replace("\N{NO-BREAK SPACE}", " "))  # a page of text breaks where it likes


def _term(one: Explanation) -> str:
    column = f"<br>`{one.key}`" if one.group == "measured" and "_" in one.key else ""
    return f"**{one.term}**{column}"


if __name__ == "__main__":
    main()
