package io.slackwater.pricing.tools;

import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.PriceTag;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.rules.CircuitBreaker;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.PriceSample;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.settings.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * What a draft of a rule book would do to the newest prices of the lake, counted; {@link
 * DraftEffectText} tells it to people, {@link DraftEffectJson} to machines.
 */
final class DraftEffect {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int SHOWN_MOVES = 10;

    /** Where one band of changes ends and the next begins, per cent; the same both ways. */
    private static final int[] BANDS = {5, 10, 20, 50};

    /** The band of the prices that stay; below it fall, above it rise. */
    private static final int SAME = BANDS.length + 1;

    /** A price and what it would become; the percentage is positive where it rises. */
    record Move(PricingEvent row, Price price, BigDecimal percent) {

        /** Makes the choice among equal moves the same each time. */
        private static final Comparator<Move> BY_NAME =
                Comparator.comparing((Move move) -> move.row().stock().productId())
                        .thenComparing(move -> move.row().stock().warehouseId());

        private static final Comparator<Move> MOST_UP_FIRST =
                Comparator.comparing(Move::percent).reversed().thenComparing(BY_NAME);

        private static final Comparator<Move> MOST_DOWN_FIRST =
                Comparator.comparing(Move::percent).thenComparing(BY_NAME);
    }

    final RuleBook draft;
    final long at;
    final Settings.Pricing limits;
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
    private BigDecimal sumPercent = BigDecimal.ZERO;
    private final PriorityQueue<Move> up = new PriorityQueue<>(Move.MOST_UP_FIRST.reversed());
    private final PriorityQueue<Move> down = new PriorityQueue<>(Move.MOST_DOWN_FIRST.reversed());

    private DraftEffect(RuleBook draft, long at, Settings.Pricing limits) {
        this.draft = draft;
        this.at = at;
        this.limits = limits;
    }

    long compared() {
        return prices - otherCurrency - unpriced;
    }

    long changed() {
        return prices - unchanged();
    }

    long unchanged() {
        return bands[SAME];
    }

    long risen() {
        return count(SAME + 1, 2 * SAME);
    }

    long fallen() {
        return count(0, SAME - 1);
    }

    /** The largest rises, the largest first. */
    List<Move> largestRises() {
        return up.stream().sorted(Move.MOST_UP_FIRST).toList();
    }

    /** The largest falls, the largest first. */
    List<Move> largestFalls() {
        return down.stream().sorted(Move.MOST_DOWN_FIRST).toList();
    }

    private long count(int fromBand, int toBand) {
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

    /**
     * Prices every newest row once more, by the draft.
     *
     * @param at the moment at which the draft is asked, epoch milliseconds
     * @param limits what the circuit breaker allows
     */
    static DraftEffect of(
            LakeReader lake,
            Collection<PricingEvent> newest,
            RuleBook draft,
            long at,
            Settings.Pricing limits) {
        PriceBook book = Recomputation.compile(draft, null);
        Map<String, String> defaultTiers = new HashMap<>();
        DraftEffect effect = new DraftEffect(draft, at, limits);
        for (PricingEvent row : newest) {
            if (row.outcome() != Outcome.PRICED) {
                effect.withoutPrice++;
                continue;
            }
            effect.prices++;
            Price price = book.price(row.stock(), Recomputation.catalogOf(row), at);
            effect.count(row, price);
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

    private void count(PricingEvent row, Price price) {
        floor += price.limit() == Limit.FLOOR ? 1 : 0;
        ceiling += price.limit() == Limit.CEILING ? 1 : 0;
        PriceTag published = new PriceTag(row.price(), row.currency(), row.segmentPrices());
        tooFar += PriceSample.isTooFar(published, price.tag(), limits.breakerMovePercent()) ? 1 : 0;
        if (price.tag() == null) {
            unpriced++;
            return;
        }
        if (!price.tag().currency().equals(row.currency())) {
            otherCurrency++;
            return;
        }
        BigDecimal percent = percent(row.price(), price.amount());
        bands[band(percent)]++;
        sumNow = sumNow.add(row.price());
        sumThen = sumThen.add(price.amount());
        sumPercent = sumPercent.add(percent);
        segmentsChanged += PriceTag.sameAmounts(published.segments(), price.segments()) ? 0 : 1;
        Move move = new Move(row, price, percent);
        if (percent.signum() > 0) {
            keep(up, move);
        } else if (percent.signum() < 0) {
            keep(down, move);
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

    /**
     * Returns whether the circuit breaker's rule is broken; a draft that is forced passes still.
     */
    boolean trips() {
        return CircuitBreaker.isMoreThan(tooFar, prices, limits.breakerSharePercent());
    }

    /** Returns whether the circuit breaker would refuse the draft. */
    boolean isRefused() {
        return prices > 0 && !draft.force() && trips();
    }

    /** Moments after the one that was looked at, at which rules of the draft begin or end. */
    List<Long> laterMoments() {
        long end = draft.period(null).to();
        return draft.rules().stream()
                .flatMap(rule -> Stream.of(rule.period().from(), rule.period().to()))
                .filter(moment -> moment > at && moment < end)
                .distinct()
                .sorted()
                .toList();
    }

    /** A band in words, such as {@code +5 to +10 %}. */
    static String bandName(int band) {
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
}
