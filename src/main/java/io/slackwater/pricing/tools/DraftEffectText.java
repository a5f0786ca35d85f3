package io.slackwater.pricing.tools;

import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.tools.DraftEffect.Move;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Tells people what a draft would do. */
final class DraftEffectText {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    /** The longest bar of the bands, characters. */
    private static final int BAR = 40;

    private DraftEffectText() {}

    /** Prints what a draft does. */
    static void print(DraftEffect effect, PrintWriter out) {
        String currency = effect.draft.currency();
        out.println(
                "The draft of %s, asked as of %s, against the newest prices in the lake."
                        .formatted(Wording.plain(effect.draft.bookId()), Wording.time(effect.at)));
        out.println("Nothing is changed. Holds are ignored: the job may publish a change later.");
        out.println();
        List<List<String>> rows = new ArrayList<>();
        row(rows, effect, "prices", effect.prices);
        row(rows, effect, "stay", effect.unchanged());
        row(rows, effect, "rise", effect.risen());
        row(rows, effect, "fall", effect.fallen());
        row(rows, effect, "become unpriced", effect.unpriced);
        if (effect.otherCurrency > 0) {
            row(rows, effect, "are in another currency now", effect.otherCurrency);
        }
        row(rows, effect, "are cut at the floor", effect.floor);
        row(rows, effect, "are cut at the ceiling", effect.ceiling);
        row(rows, effect, "change for a segment", effect.segmentsChanged);
        Wording.table(rows, List.of(1, 2)).forEach(out::println);
        if (effect.compared() > 0) {
            out.println();
            out.println(
                    "The sum of all prices goes from %s to %s (%s); the average change is %s."
                            .formatted(
                                    effect.sumNow.toPlainString(),
                                    Wording.amount(effect.sumThen, currency),
                                    Wording.percent(effect.sumPercent()),
                                    Wording.percent(effect.meanPercent())));
            out.println();
            out.println("How far they move");
            bands(effect).forEach(out::println);
            moves(out, "Largest rises", effect.largestRises());
            moves(out, "Largest falls", effect.largestFalls());
        }
        out.println();
        if (effect.withoutPrice > 0) {
            out.println(
                    "Not judged: %s withdrawn, or unpriced since."
                            .formatted(
                                    Wording.count(
                                            effect.withoutPrice,
                                            "price that was",
                                            "prices that were")));
        }
        if (effect.otherCurrency > 0) {
            out.println(
                    "Amounts of different currencies are not compared: %s of another currency than %s."
                            .formatted(
                                    Wording.count(effect.otherCurrency, "price is", "prices are"),
                                    currency));
        }
        if (effect.doubtfulTier > 0) {
            out.println(
                    "The draft has another default_tier. Of %s the lake does not say whether the tier comes from the catalog or was the default; it is taken to stay."
                            .formatted(Wording.count(effect.doubtfulTier, "price", "prices")));
        }
        if (effect.prices > 0) {
            out.println(breaker(effect));
            List<Long> later = effect.laterMoments();
            if (!later.isEmpty()) {
                out.println(
                        "Only that moment was looked at. Rules of the draft begin or end at %s, the next at %s: the job's circuit breaker looks at them too, and so does --at."
                                .formatted(
                                        Wording.count(
                                                later.size(), "later moment", "later moments"),
                                        Wording.time(later.get(0))));
            }
        }
    }

    private static void row(List<List<String>> rows, DraftEffect effect, String what, long count) {
        rows.add(List.of(what, Wording.count(count), share(count, effect.prices)));
    }

    private static String share(long count, long all) {
        return all == 0
                ? ""
                : BigDecimal.valueOf(count)
                                .multiply(HUNDRED)
                                .divide(BigDecimal.valueOf(all), 1, RoundingMode.HALF_UP)
                                .toPlainString()
                        + " %";
    }

    private static List<String> bands(DraftEffect effect) {
        long most = 1;
        for (long count : effect.bands) {
            most = Math.max(most, count);
        }
        List<List<String>> rows = new ArrayList<>();
        for (int band = 0; band < effect.bands.length; band++) {
            long count = effect.bands[band];
            // What is there is seen, however little it is.
            int length = (int) ((count * BAR + most - 1) / most);
            rows.add(List.of(DraftEffect.bandName(band), Wording.count(count), "#".repeat(length)));
        }
        return Wording.table(rows, List.of(0, 1));
    }

    private static void moves(PrintWriter out, String title, List<Move> moves) {
        if (moves.isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("product", "warehouse", "now", "then", "change", "pieces", "made by"));
        for (Move move : moves) {
            rows.add(
                    List.of(
                            Wording.plain(move.row().stock().productId()),
                            Wording.plain(move.row().stock().warehouseId()),
                            move.row().price().toPlainString(),
                            move.price().amount().toPlainString(),
                            Wording.percent(move.percent()),
                            Wording.count(move.row().stock().quantity()),
                            madeBy(move.price())));
        }
        out.println();
        out.println(title);
        Wording.table(rows, List.of(2, 3, 4, 5)).forEach(out::println);
    }

    /** What decided, in order, without the rounding. */
    private static String madeBy(Price price) {
        return price.trace().stream()
                .filter(step -> step.step() != Step.ROUNDING && step.step() != Step.SEGMENT)
                .map(step -> Wording.plain(step.source()))
                .collect(Collectors.joining(", "));
    }

    private static String breaker(DraftEffect effect) {
        String moved =
                "%s %% of all prices would move by more than %d %%, or end; allowed: at most %d %% of them"
                        .formatted(
                                effect.tooFarPercent()
                                        .setScale(1, RoundingMode.HALF_UP)
                                        .toPlainString(),
                                effect.limits.breakerMovePercent(),
                                effect.limits.breakerSharePercent());
        if (effect.isRefused()) {
            return "The circuit breaker would REFUSE it: " + moved + ", or \"force\": true.";
        }
        return effect.trips()
                ? "The circuit breaker would refuse it, were it not forced: " + moved + "."
                : "The circuit breaker would let it pass: " + moved + ".";
    }
}
