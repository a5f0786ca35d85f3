package io.slackwater.pricing.tools;

import io.slackwater.pricing.tools.Finding.Checked;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says everything that is wrong with a rule book. */
@Command(
        name = "lint",
        description = {
            "Says everything that is wrong with a rule book, each with its line and JSON pointer.",
            "",
            "Faults are what the job would refuse the whole book for; warnings are what is allowed"
                    + " and seldom meant. The version may be left out: it is given when the book is"
                    + " published."
        },
        footer = {"", "Exit codes: 0 no fault; 1 faults; 2 wrong use."},
        mixinStandardHelpOptions = true)
final class Lint implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "a rule book, .yaml, .yml or .json")
    private Path file;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    public Integer call() {
        Checked checked = Finding.check(RuleFiles.read(file), Rules.of(spec).clock().millis());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            var answer = JsonText.object().put("file", file.toString());
            answer.put("good", !checked.isFaulty());
            Finding.toJson(checked.findings(), answer.putArray("findings"));
            out.println(JsonText.answer(answer));
        } else {
            out.println(file + ": " + Finding.count(checked.findings()) + ".");
            Finding.print(checked.findings(), out);
        }
        return checked.isFaulty() ? Rules.NO : Rules.GOOD;
    }
}
