package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.tools.Finding.Checked;
import io.slackwater.pricing.tools.RuleBookDifference.Change;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says in words how two rule books differ. */
@Command(
        name = "diff",
        description = {
            "Says in words how one rule book differs from another: tiers, regions and rules that"
                    + " were added, removed or changed, field by field. The order of rules and the"
                    + " versions do not count."
        },
        footer = {
            "",
            "Exit codes: 0 they were compared, whether they differ or not; 1 one has faults; 2 wrong"
                    + " use."
        },
        mixinStandardHelpOptions = true)
final class Diff implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "BEFORE", description = "a rule book")
    private Path before;

    @Parameters(index = "1", paramLabel = "AFTER", description = "another one")
    private Path after;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Change> changes = RuleBookDifference.between(book(before), book(after));
        if (json) {
            ObjectNode answer = JsonText.object().put("before", before.toString());
            answer.put("after", after.toString()).put("differs", !changes.isEmpty());
            toJson(changes, answer.putArray("changes"));
            out.println(JsonText.answer(answer));
        } else {
            print(changes, out);
        }
        return Rules.GOOD;
    }

    private RuleBook book(Path file) {
        Checked checked = Finding.check(RuleFiles.read(file), Rules.of(spec).clock().millis());
        if (checked.isFaulty()) {
            throw CommandFailure.no(
                    file
                            + " has "
                            + Finding.count(checked.findings())
                            + "; jobs/rules lint tells them.");
        }
        return checked.read().book();
    }

    /** What changed, by what it changed in. */
    static void print(List<Change> changes, PrintWriter out) {
        if (changes.isEmpty()) {
            out.println("Nothing differs.");
            return;
        }
        String where = null;
        for (Change change : changes) {
            if (!change.where().equals(where)) {
                where = change.where();
                String what =
                        !change.field().isEmpty()
                                ? " changed"
                                : change.before() == null ? " added" : " removed";
                out.println(HarmlessWriter.line(where) + what);
            }
            out.println("  " + HarmlessWriter.line(change.words()));
        }
    }

    static void toJson(List<Change> changes, ArrayNode array) {
        for (Change change : changes) {
            ObjectNode object = array.addObject().put("where", change.where());
            if (!change.field().isEmpty()) {
                object.put("field", change.field());
            }
            object.put("before", change.before()).put("after", change.after());
        }
    }
}
