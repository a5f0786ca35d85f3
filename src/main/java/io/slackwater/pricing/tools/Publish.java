package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.Finding.Checked;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Publishes a rule book and waits until every price follows it. */
@Command(
        name = "publish",
        description = {
            "Checks a rule book, publishes it as the next version, and waits for the job's answers"
                    + " until every price follows it, or until it is scheduled or refused.",
            "",
            "The version is one above the highest ever tried, or the file's where that is higher."
                    + " Where somebody else publishes at the same moment, it is published again"
                    + " under a higher one."
        },
        footer = {
            "",
            "Exit codes: 0 every price follows it, or it is scheduled; 1 faults, refused, replaced"
                    + " by a newer one, or no answer in time; 2 wrong use, or no broker answers."
        },
        mixinStandardHelpOptions = true)
final class Publish implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @ParentCommand private Rules rules;
    @Mixin private WhichJob job;
    @Mixin private PublishOptions options;

    @Parameters(paramLabel = "FILE", description = "a rule book, .yaml, .yml or .json")
    private Path file;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        // First what needs no broker.
        RuleFile draft = RuleFiles.read(file);
        Checked checked = Finding.check(draft, rules.clock().millis());
        if (checked.isFaulty()) {
            return Publication.refuse(checked, options, out);
        }
        Settings settings = job.read(rules);
        if (!options.json) {
            out.println(file + ": " + Finding.count(checked.findings()) + ".");
            Finding.print(checked.findings(), out);
        }
        ObjectNode document = JsonText.parse(draft.document());
        try (RuleTopics topics = RuleTopics.open(settings, job.hint(rules))) {
            return new Publication(topics, rules.clock(), options, out).publish(draft, document);
        }
    }
}
