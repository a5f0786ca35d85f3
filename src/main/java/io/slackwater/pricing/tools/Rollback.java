package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.settings.Settings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Publishes what an earlier version said as a new version. */
@Command(
        name = "rollback",
        description = {
            "Publishes what an earlier version said as a new version, and waits like publish.",
            "",
            "It holds at once: the book's effective_from is left out, and its effective_to where"
                    + " that is over. Times of single rules stay. A force of that time is left out;"
                    + " say --force again where the circuit breaker needs it."
        },
        footer = {
            "",
            "Exit codes: 0 every price follows it; 1 there is no such version, refused, or no answer"
                    + " in time; 2 wrong use, or no broker answers."
        },
        mixinStandardHelpOptions = true)
final class Rollback implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @ParentCommand private Rules rules;
    @Mixin private WhichJob job;
    @Mixin private PublishOptions options;

    @Parameters(paramLabel = "VERSION", description = "the version whose content comes back")
    private long version;

    @Override
    public Integer call() {
        if (version < 1) {
            throw CommandFailure.wrongUse(
                    "VERSION is " + version + "; a version from 1 on is allowed.");
        }
        PrintWriter out = spec.commandLine().getOut();
        Settings settings = job.read(rules);
        try (RuleTopics topics = RuleTopics.open(settings, job.hint(rules))) {
            BookHistory history = topics.history().or(BookHistory.ofLake(settings));
            byte[] found =
                    history.document(version)
                            .orElseThrow(
                                    () ->
                                            CommandFailure.no(
                                                    topics.bookId()
                                                            + "@"
                                                            + version
                                                            + " is not known: it was never"
                                                            + " published, or is not kept."));
            ObjectNode document = JsonText.parse(found);
            if (document == null) {
                throw CommandFailure.no(
                        topics.bookId() + "@" + version + " is no JSON object that could be read.");
            }
            List<String> left = makeCurrent(document, rules.clock().millis());
            if (options.comment == null) {
                document.put("comment", "rollback to " + version);
            }
            if (!options.json) {
                out.println(
                        "Taking "
                                + topics.bookId()
                                + "@"
                                + version
                                + " again"
                                + (left.isEmpty() ? "" : ", without " + String.join(", ", left))
                                + ".");
            }
            return new Publication(topics, rules.clock(), options, out)
                    .publish(RuleFile.of(found), document);
        }
    }

    /** Leaves out what would keep it from holding now; says what. */
    private static List<String> makeCurrent(ObjectNode document, long now) {
        List<String> left = new ArrayList<>();
        document.remove("version");
        if (document.remove("effective_from") != null) {
            left.add("effective_from");
        }
        JsonNode to = document.get("effective_to");
        if (to != null) {
            long end = to.isTextual() ? Instants.parse(to.textValue()) : to.asLong();
            if (end <= now) {
                document.remove("effective_to");
                left.add("effective_to");
            }
        }
        if (document.remove("force") != null) {
            left.add("force");
        }
        return left;
    }
}
