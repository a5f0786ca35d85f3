package io.slackwater.pricing.tools;

import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.settings.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Says why a product has the price that it has in a warehouse: from the row of {@code
 * pricing.events}, with its trace, and from the document of the book that it names. Then it makes
 * the price once more from what the row has stored, and says whether it comes to the same.
 */
@Command(
        name = "explain",
        description = {
            "Tells why a product has the price that it has in a warehouse, from the lake; makes the"
                    + " price once more from the stored inputs and the rule book, and says whether"
                    + " it agrees."
        },
        footer = {
            "",
            "Exit codes: 0 there is a price and it agrees, or it was withdrawn; 1 it does not agree,"
                    + " or nothing is known; 2 wrong use, or the lake cannot be read."
        },
        mixinStandardHelpOptions = true)
final class Explain implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private LakeOptions lakeOptions;

    @Parameters(index = "0", paramLabel = "PRODUCT", description = "the product's id")
    private String product;

    @Parameters(index = "1", paramLabel = "WAREHOUSE", description = "the warehouse's id")
    private String warehouse;

    @Option(
            names = "--at",
            paramLabel = "INSTANT",
            description =
                    "the price of that moment, such as 2026-11-21T08:00:00Z (default: newest)")
    private String at;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    public Integer call() {
        return lakeOptions.read(spec, this::explain);
    }

    private int explain(LakeReader lake, Settings settings) {
        long moment = at == null ? Long.MAX_VALUE : Wording.parseTime("--at", at);
        PrintWriter out = spec.commandLine().getOut();
        Explanation answer = Explanation.of(lake, product, warehouse, moment);
        if (answer.isUnknown()) {
            String why = ExplanationText.unknown(answer, at);
            out.println(json ? Wording.json(ExplanationJson.unknown(answer, why)) : why);
            return LakeOptions.NO;
        }
        if (json) {
            out.println(Wording.json(ExplanationJson.of(answer)));
        } else {
            ExplanationText.print(answer, out);
        }
        return answer.isGood() ? LakeOptions.GOOD : LakeOptions.NO;
    }
}
