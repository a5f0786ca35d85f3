package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.LakeOptions.WrongUse;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Says what a draft of a rule book would do to the prices that are published now, without changing
 * anything: the newest row of every product and warehouse in the lake is priced once more, by the
 * draft.
 */
@Command(
        name = "preview",
        description = {
            "Tells what a draft would do to the newest prices in the lake, without changing"
                    + " anything: how many change and by how much, the largest moves, and whether"
                    + " the circuit breaker would refuse it."
        },
        footer = {
            "",
            "Compared is what is published now with what the draft says at one moment. Holds are"
                    + " ignored: the job may publish a change later. The job's own circuit breaker"
                    + " compares what two books say, of a sample of the products, at every moment"
                    + " from then on: near its limit, or by a rule that begins later, it may decide"
                    + " otherwise.",
            "",
            "Exit codes: 0 it is shown; 1 the draft has faults, the circuit breaker would refuse it,"
                    + " or there are no prices; 2 wrong use, or the lake cannot be read."
        },
        mixinStandardHelpOptions = true)
final class Preview implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private LakeOptions lakeOptions;

    @Parameters(paramLabel = "FILE", description = "the draft of a rule book")
    private Path file;

    @Option(
            names = "--at",
            paramLabel = "INSTANT",
            description =
                    "the moment at which the draft is asked (default: that of the newest price, or"
                            + " the begin of the draft where that is later)")
    private String at;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    public Integer call() {
        return lakeOptions.read(spec, this::preview);
    }

    private int preview(LakeReader lake, Settings settings) {
        PrintWriter out = spec.commandLine().getOut();
        RuleFile written = RuleFiles.read(file);
        if (written.fault() != null) {
            refuse(out, List.of(written.fault()));
            return LakeOptions.NO;
        }
        RuleBookReader.Result read = RuleBookReader.read(written.document());
        if (read.book() == null) {
            refuse(out, read.reasons());
            return LakeOptions.NO;
        }
        RuleBook draft = read.book();
        Collection<PricingEvent> newest = lake.newest();
        long reached = Long.MIN_VALUE;
        for (PricingEvent row : newest) {
            reached = Math.max(reached, row.effectiveAt());
        }
        if (newest.isEmpty()) {
            String message = "There are no prices in the lake yet: nothing to compare with.";
            ObjectNode document = Wording.object();
            document.put("prices", 0);
            document.put("message", message);
            out.println(json ? Wording.json(document) : message);
            return LakeOptions.NO;
        }
        DraftEffect effect =
                DraftEffect.of(lake, newest, draft, moment(draft, reached), settings.pricing());
        if (json) {
            out.println(Wording.json(DraftEffectJson.of(effect)));
        } else {
            DraftEffectText.print(effect, out);
        }
        return effect.isRefused() ? LakeOptions.NO : LakeOptions.GOOD;
    }

    private long moment(RuleBook draft, long reached) {
        Period period = draft.period(null);
        long moment = at == null ? Math.max(reached, period.from()) : Wording.parseTime("--at", at);
        if (!period.holdsAt(moment)) {
            throw new WrongUse(
                    "the draft does not hold at %s, but %s%s; allowed: --at with a time of it."
                            .formatted(
                                    Wording.time(moment),
                                    period.hasBeginning()
                                            ? "from " + Wording.time(period.from())
                                            : "",
                                    period.hasEnd()
                                            ? (period.hasBeginning() ? " " : "")
                                                    + "until "
                                                    + Wording.time(period.to())
                                            : ""));
        }
        return moment;
    }

    private void refuse(PrintWriter out, List<RuleStatus.Reason> reasons) {
        if (json) {
            ObjectNode document = Wording.object();
            ArrayNode faults = document.putArray("faults");
            for (RuleStatus.Reason reason : reasons) {
                ObjectNode fault = faults.addObject();
                fault.put("reason", reason.reason());
                fault.put("path", reason.path());
                fault.put("message", reason.message());
            }
            out.println(Wording.json(document));
            return;
        }
        out.println(
                "The draft has "
                        + Wording.count(reasons.size(), "fault", "faults")
                        + ", so it would be refused:");
        for (RuleStatus.Reason reason : reasons) {
            out.println(
                    "  %s%s (%s)"
                            .formatted(
                                    reason.path().isEmpty()
                                            ? ""
                                            : Wording.plain(reason.path()) + ": ",
                                    Wording.lines(reason.message()),
                                    Wording.plain(reason.reason())));
        }
    }
}
