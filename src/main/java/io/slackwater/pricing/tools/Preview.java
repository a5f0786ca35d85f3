package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.PriceTag;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceSample;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.LakeOptions.WrongUse;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int SHOWN_MOVES = 10;
    private static final int BAR = 40;

    /** Where one band of changes ends and the next begins, per cent; the same both ways. */
    private static final int[] BANDS = {5, 10, 20, 50};

    /** The band of the prices that stay; below it fall, above it rise. */
    private static final int SAME = BANDS.length + 1;

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

    /** A price and what it would become. */
    private record Move(PricingEvent row, Price price, BigDecimal percent) {

        /** Of equal moves the same ones are shown each time. */
        private static final Comparator<Move> BY_NAME =
                Comparator.comparing((Move move) -> move.row().stock().productId())
                        .thenComparing(move -> move.row().stock().warehouseId());

        static final Comparator<Move> MOST_UP_FIRST =
                Comparator.comparing(Move::percent).reversed().thenComparing(BY_NAME);

        static final Comparator<Move> MOST_DOWN_FIRST =
                Comparator.comparing(Move::percent).thenComparing(BY_NAME);
    }

    /** What the draft does, counted. */
    private static final class Effect {
        final RuleBook draft;
        final long at;
        long prices;
        long otherCurrency;
        long unpriced;
        long floor;
        long ceiling;
        long segmentsChanged;
        long tooFar;
        long withoutPrice;
        long doubtfulTier;
        final long[] bands = new long[2 * SAME + 1];
        BigDecimal sumNow = BigDecimal.ZERO;
        BigDecimal sumThen = BigDecimal.ZERO;
        BigDecimal sumPercent = BigDecimal.ZERO;
        final PriorityQueue<Move> up = new PriorityQueue<>(Move.MOST_UP_FIRST.reversed());
        final PriorityQueue<Move> down = new PriorityQueue<>(Move.MOST_DOWN_FIRST.reversed());

        Effect(RuleBook draft, long at) {
            this.draft = draft;
            this.at = at;
        }

        long compared() {
            return prices - otherCurrency - unpriced;
        }

        long changed() {
            return prices - bands[SAME];
        }

        long count(int fromBand, int toBand) {
            long count = 0;
            for (int band = fromBand; band <= toBand; band++) {
                count += bands[band];
            }
            return count;
        }

        /** The mean change of those that have a price before and after, per cent. */
        BigDecimal meanPercent() {
            return compared() == 0
                    ? BigDecimal.ZERO
                    : sumPercent.divide(BigDecimal.valueOf(compared()), 3, RoundingMode.HALF_UP);
        }

        BigDecimal sumPercent() {
            return sumNow.signum() == 0 ? BigDecimal.ZERO : percent(sumNow, sumThen);
        }

        BigDecimal tooFarPercent() {
            return BigDecimal.valueOf(tooFar)
                    .multiply(HUNDRED)
                    .divide(BigDecimal.valueOf(prices), 3, RoundingMode.HALF_UP);
        }
    }

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
        Effect effect = effect(lake, newest, draft, moment(draft, reached), settings.pricing());
        boolean refused = effect.prices > 0 && !draft.force() && trips(effect, settings.pricing());
        if (json) {
            out.println(Wording.json(document(effect, settings.pricing(), refused)));
        } else {
            tell(out, effect, settings.pricing(), refused);
        }
        return refused ? LakeOptions.NO : LakeOptions.GOOD;
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

    // ---- what it does

    private static Effect effect(
            LakeReader lake,
            Collection<PricingEvent> newest,
            RuleBook draft,
            long at,
            Settings.Pricing limits) {
        PriceBook book = Recomputation.compile(draft, null);
        Map<String, String> defaultTiers = new HashMap<>();
        Effect effect = new Effect(draft, at);
        for (PricingEvent row : newest) {
            if (row.outcome() != Outcome.PRICED) {
                effect.withoutPrice++;
                continue;
            }
            effect.prices++;
            Price price = book.price(row.stock(), Recomputation.catalogOf(row), at);
            count(effect, row, price, limits);
            // The row has the tier that counted, and not whose it was.
            String was =
                    defaultTiers.computeIfAbsent(
                            row.ruleBook(), reference -> defaultTier(lake, reference));
            if (!was.isEmpty() && was.equals(row.priceTier()) && !was.equals(draft.defaultTier())) {
                effect.doubtfulTier++;
            }
        }
        return effect;
    }

    private static void count(
            Effect effect, PricingEvent row, Price price, Settings.Pricing limits) {
        effect.floor += price.limit() == Limit.FLOOR ? 1 : 0;
        effect.ceiling += price.limit() == Limit.CEILING ? 1 : 0;
        PriceTag published = new PriceTag(row.price(), row.currency(), row.segmentPrices());
        effect.tooFar +=
                PriceSample.isTooFar(published, price.tag(), limits.breakerMovePercent()) ? 1 : 0;
        if (price.tag() == null) {
            effect.unpriced++;
            return;
        }
        if (!price.tag().currency().equals(row.currency())) {
            effect.otherCurrency++;
            return;
        }
        BigDecimal percent = percent(row.price(), price.amount());
        effect.bands[band(percent)]++;
        effect.sumNow = effect.sumNow.add(row.price());
        effect.sumThen = effect.sumThen.add(price.amount());
        effect.sumPercent = effect.sumPercent.add(percent);
        effect.segmentsChanged +=
                PriceTag.sameAmounts(published.segments(), price.segments()) ? 0 : 1;
        Move move = new Move(row, price, percent);
        if (percent.signum() > 0) {
            keep(effect.up, move);
        } else if (percent.signum() < 0) {
            keep(effect.down, move);
        }
    }

    private static void keep(PriorityQueue<Move> largest, Move move) {
        largest.add(move);
        if (largest.size() > SHOWN_MOVES) {
            largest.poll(); // The smallest of them.
        }
    }

    private static BigDecimal percent(BigDecimal before, BigDecimal after) {
        return after.subtract(before).multiply(HUNDRED).divide(before, 20, RoundingMode.HALF_UP);
    }

    /** From the most that fall (0) to the most that rise. */
    private static int band(BigDecimal percent) {
        if (percent.signum() == 0) {
            return SAME;
        }
        int steps = 1;
        for (int limit : BANDS) {
            steps += percent.abs().compareTo(BigDecimal.valueOf(limit)) > 0 ? 1 : 0;
        }
        return percent.signum() > 0 ? SAME + steps : SAME - steps;
    }

    private static String defaultTier(LakeReader lake, String reference) {
        int mark = reference.lastIndexOf('@');
        for (RuleStatus accepted :
                lake.accepted(
                        reference.substring(0, mark),
                        Long.parseLong(reference.substring(mark + 1)))) {
            RuleBook book =
                    RuleBookReader.readAgain(accepted.document().getBytes(StandardCharsets.UTF_8))
                            .book();
            if (book != null && book.defaultTier() != null) {
                return book.defaultTier();
            }
        }
        return "";
    }

    private static boolean trips(Effect effect, Settings.Pricing limits) {
        return effect.tooFar * 100 > limits.breakerSharePercent() * effect.prices;
    }

    // ---- for people

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

    private static void tell(
            PrintWriter out, Effect effect, Settings.Pricing limits, boolean refused) {
        String currency = effect.draft.currency();
        out.println(
                "The draft of %s, asked as of %s, against the newest prices in the lake."
                        .formatted(Wording.plain(effect.draft.bookId()), Wording.time(effect.at)));
        out.println("Nothing is changed. Holds are ignored: the job may publish a change later.");
        out.println();
        List<List<String>> rows = new ArrayList<>();
        row(rows, effect, "prices", effect.prices);
        row(rows, effect, "stay", effect.bands[SAME]);
        row(rows, effect, "rise", effect.count(SAME + 1, 2 * SAME));
        row(rows, effect, "fall", effect.count(0, SAME - 1));
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
            moves(out, "Largest rises", effect.up, Move.MOST_UP_FIRST);
            moves(out, "Largest falls", effect.down, Move.MOST_DOWN_FIRST);
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
            out.println(breaker(effect, limits, refused));
            List<Long> later = laterMoments(effect);
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

    /** Moments after the one that was looked at, at which rules of the draft begin or end. */
    private static List<Long> laterMoments(Effect effect) {
        Long end = effect.draft.effectiveTo();
        return effect.draft.rules().stream()
                .flatMap(rule -> Stream.of(rule.effectiveFrom(), rule.effectiveTo()))
                .filter(moment -> moment != null && moment > effect.at)
                .filter(moment -> end == null || moment < end)
                .distinct()
                .sorted()
                .toList();
    }

    private static void row(List<List<String>> rows, Effect effect, String what, long count) {
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

    private static List<String> bands(Effect effect) {
        long most = 1;
        for (long count : effect.bands) {
            most = Math.max(most, count);
        }
        List<List<String>> rows = new ArrayList<>();
        for (int band = 0; band < effect.bands.length; band++) {
            long count = effect.bands[band];
            // What is there is seen, however little it is.
            int length = (int) ((count * BAR + most - 1) / most);
            rows.add(List.of(bandName(band), Wording.count(count), "#".repeat(length)));
        }
        return Wording.table(rows, List.of(0, 1));
    }

    private static String bandName(int band) {
        int steps = Math.abs(band - SAME);
        String sign = band < SAME ? "-" : "+";
        if (steps == 0) {
            return "0 %";
        }
        if (steps == SAME) {
            return (band < SAME ? "below " : "above ") + sign + BANDS[steps - 2] + " %";
        }
        String inner = steps == 1 ? "0" : sign + BANDS[steps - 2];
        String outer = sign + BANDS[steps - 1];
        return band < SAME ? outer + " to " + inner + " %" : inner + " to " + outer + " %";
    }

    private static void moves(
            PrintWriter out, String title, Collection<Move> moves, Comparator<Move> order) {
        if (moves.isEmpty()) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("product", "warehouse", "now", "then", "change", "pieces", "made by"));
        for (Move move : moves.stream().sorted(order).toList()) {
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
                .filter(step -> !step.step().equals("rounding") && !step.step().equals("segment"))
                .map(step -> Wording.plain(step.source()))
                .collect(Collectors.joining(", "));
    }

    private static String breaker(Effect effect, Settings.Pricing limits, boolean refused) {
        String moved =
                "%s %% of all prices would move by more than %d %%, or end; allowed: at most %d %% of them"
                        .formatted(
                                effect.tooFarPercent()
                                        .setScale(1, RoundingMode.HALF_UP)
                                        .toPlainString(),
                                limits.breakerMovePercent(),
                                limits.breakerSharePercent());
        if (refused) {
            return "The circuit breaker would REFUSE it: " + moved + ", or \"force\": true.";
        }
        return trips(effect, limits)
                ? "The circuit breaker would refuse it, were it not forced: " + moved + "."
                : "The circuit breaker would let it pass: " + moved + ".";
    }

    // ---- for machines

    private static ObjectNode document(Effect effect, Settings.Pricing limits, boolean refused) {
        ObjectNode document = Wording.object();
        document.put("book_id", effect.draft.bookId());
        document.put("at", Wording.time(effect.at));
        document.put("currency", effect.draft.currency());
        List<Long> later = laterMoments(effect);
        document.put("later_moments", later.size());
        if (!later.isEmpty()) {
            document.put("next_moment", Wording.time(later.get(0)));
        }
        document.put("prices", effect.prices);
        document.put("changed", effect.changed());
        document.put("unchanged", effect.bands[SAME]);
        document.put("risen", effect.count(SAME + 1, 2 * SAME));
        document.put("fallen", effect.count(0, SAME - 1));
        document.put("unpriced", effect.unpriced);
        document.put("other_currency", effect.otherCurrency);
        document.put("at_floor", effect.floor);
        document.put("at_ceiling", effect.ceiling);
        document.put("segment_changed", effect.segmentsChanged);
        document.put("without_price", effect.withoutPrice);
        document.put("doubtful_tier", effect.doubtfulTier);
        document.put("sum_before", effect.sumNow);
        document.put("sum_after", effect.sumThen);
        document.put("mean_percent", effect.meanPercent());
        ArrayNode bands = document.putArray("bands");
        for (int band = 0; band < effect.bands.length; band++) {
            ObjectNode entry = bands.addObject();
            entry.put("band", bandName(band));
            entry.put("count", effect.bands[band]);
        }
        moves(document.putArray("rises"), effect.up, Move.MOST_UP_FIRST);
        moves(document.putArray("falls"), effect.down, Move.MOST_DOWN_FIRST);
        ObjectNode breaker = document.putObject("circuit_breaker");
        breaker.put("moved", effect.tooFar);
        if (effect.prices > 0) {
            breaker.put("moved_percent", effect.tooFarPercent());
        }
        breaker.put("move_percent", limits.breakerMovePercent());
        breaker.put("share_percent", limits.breakerSharePercent());
        breaker.put("forced", effect.draft.force());
        breaker.put("refused", refused);
        return document;
    }

    private static void moves(ArrayNode array, Collection<Move> moves, Comparator<Move> order) {
        for (Move move : moves.stream().sorted(order).toList()) {
            ObjectNode entry = array.addObject();
            entry.put("product_id", move.row().stock().productId());
            entry.put("warehouse_id", move.row().stock().warehouseId());
            entry.put("quantity", move.row().stock().quantity());
            entry.put("before", move.row().price());
            entry.put("after", move.price().amount());
            entry.put("percent", move.percent().setScale(3, RoundingMode.HALF_UP));
        }
    }
}
