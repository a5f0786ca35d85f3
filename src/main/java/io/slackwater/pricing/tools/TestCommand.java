package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.tools.Finding.Checked;
import io.slackwater.pricing.tools.TestCases.Outcome;
import io.slackwater.pricing.tools.TestCases.Wrong;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares what a rule book says with what somebody expects of it. */
@Command(
        name = "test",
        description = {
            "Compares what a rule book says with a file of examples: this stock at this time costs"
                    + " this.",
            "",
            "CASES is a table with | between its columns (commas in a file named .csv), a line that"
                    + " names them, and a line for each case; # begins a comment:",
            "",
            "  case    | product | quantity | tier    | at                   | price | price.loyal",
            "  scarce  | 12345   | 9        | premium | 2026-12-01T00:00:00Z | 18.00 | 16.20",
            "  no tier | 12345   | 9        | gold    |                      | unpriced |",
            "",
            "Columns, in any order: case, product, warehouse, quantity (0 where it is not given),"
                    + " restocking and delivery (days), tier, category, list_price, at, price (an"
                    + " amount, or unpriced), and price.SEGMENT for each segment (blank: not"
                    + " looked at). What is not given is absent. Without at, a case is priced at"
                    + " the book's effective_from."
        },
        footer = {
            "",
            "Exit codes: 0 every case is right; 1 one is not, or the book has faults; 2 wrong use."
        },
        mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {

    /** Of how many cases the steps are told to a person. */
    private static final int TOLD = 20;

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "a rule book, .yaml, .yml or .json")
    private Path file;

    @Parameters(index = "1", paramLabel = "CASES", description = "the examples")
    private Path cases;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Checked checked = Finding.check(RuleFiles.read(file), Rules.of(spec).clock().millis());
        List<TestCases.Case> examples = TestCases.read(cases);
        List<Outcome> outcomes =
                checked.isFaulty() ? List.of() : TestCases.run(examples, checked.read().book());
        List<Outcome> failed = outcomes.stream().filter(o -> !o.isRight()).toList();
        if (json) {
            printJson(checked, outcomes, failed, out);
        } else if (checked.isFaulty()) {
            out.println(file + ": " + Finding.count(checked.findings()) + "; nothing was tried.");
            Finding.print(checked.findings(), out);
        } else if (failed.isEmpty()) {
            out.println(cases + ": all " + outcomes.size() + " cases are right.");
        } else {
            print(outcomes, failed, out);
        }
        return checked.isFaulty() || !failed.isEmpty() ? Rules.NO : Rules.GOOD;
    }

    private void print(List<Outcome> outcomes, List<Outcome> failed, PrintWriter out) {
        out.println(
                cases
                        + ": "
                        + failed.size()
                        + " of "
                        + outcomes.size()
                        + (failed.size() == 1 ? " cases fails." : " cases fail."));
        out.println();
        Table table = new Table(3);
        table.row("case", "line", "column", "expected", "the book says");
        for (Outcome outcome : failed) {
            for (Wrong wrong : outcome.wrong()) {
                table.row(
                        outcome.example().name(),
                        outcome.example().line(),
                        wrong.column(),
                        wrong.expected(),
                        wrong.actual());
            }
        }
        table.print(out, "");
        for (Outcome outcome : failed.subList(0, Math.min(TOLD, failed.size()))) {
            out.println();
            out.println("  " + HarmlessWriter.line(title(outcome)));
            printSteps(outcome.price(), out);
        }
        if (failed.size() > TOLD) {
            out.println();
            out.println(
                    "  The steps of %,d more are told by --json.".formatted(failed.size() - TOLD));
        }
    }

    private static String title(Outcome outcome) {
        // What holds for ever is priced at no time that would say anything.
        return outcome.example().name()
                + ", line "
                + outcome.example().line()
                + (outcome.at() == 0 ? "" : ", at " + Instants.format(outcome.at()));
    }

    /** The steps that made a price, a line each. */
    static void printSteps(Price price, PrintWriter out) {
        if (price.trace().isEmpty()) {
            out.println(
                    "    no step was made: "
                            + switch (price.unpriced()) {
                                case NO_TIER -> "neither the catalog nor the book names a tier";
                                case UNKNOWN_TIER -> "the book does not know tier " + price.tier();
                                case NOT_POSITIVE -> "the rules make a price of zero or less";
                                case NO_BOOK -> "the book has ended";
                            });
            return;
        }
        Table steps = new Table(3, 5);
        for (TraceStep step : price.trace()) {
            boolean base = step.before() == null;
            steps.row(
                    step.step().text(),
                    step.source(),
                    step.written(),
                    plain(step.before()),
                    base ? "" : "->",
                    plain(step.after()),
                    step.lost().isEmpty() ? "" : "lost: " + step.lost());
        }
        steps.print(out, "  ");
    }

    private static String plain(BigDecimal amount) {
        return amount == null ? "" : amount.toPlainString();
    }

    private void printJson(
            Checked checked, List<Outcome> outcomes, List<Outcome> failed, PrintWriter out) {
        ObjectNode answer = JsonText.object();
        answer.put("file", file.toString()).put("cases", cases.toString());
        Finding.toJson(checked.findings(), answer.putArray("findings"));
        answer.put("tried", outcomes.size()).put("failed", failed.size());
        ArrayNode failures = answer.putArray("failures");
        for (Outcome outcome : failed) {
            ObjectNode failure = failures.addObject();
            failure.put("case", outcome.example().name()).put("line", outcome.example().line());
            failure.put("at", Instants.format(outcome.at()));
            ArrayNode wrong = failure.putArray("wrong");
            for (Wrong column : outcome.wrong()) {
                wrong.addObject()
                        .put("column", column.column())
                        .put("expected", column.expected())
                        .put("actual", column.actual());
            }
            ArrayNode steps = failure.putArray("steps");
            for (TraceStep step : outcome.price().trace()) {
                ObjectNode line = steps.addObject();
                line.put("step", step.step().text()).put("source", step.source());
                line.put("detail", step.written());
                if (step.before() != null) {
                    line.put("before", step.before());
                }
                line.put("after", step.after());
                if (!step.lost().isEmpty()) {
                    line.put("lost", step.lost());
                }
            }
        }
        out.println(JsonText.answer(answer));
    }
}
