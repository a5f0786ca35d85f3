package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.AuditedKey.Sent;
import io.slackwater.pricing.demo.ContractPrice.Quote;
import io.slackwater.pricing.demo.PossibleQuotes.QuoteAt;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks the newest record of every key of {@code price_list}: is it what is due now, by the newest
 * level, the newest entry and the book in force? The job is always a checkpoint behind, so a
 * difference is first on its way; it counts when it has lasted for {@link CommitDelay#LONGEST}, and
 * from then on for as long as it lasts. A stock level does not become overdue while the job makes
 * no progress in its partition.
 *
 * <p>Times are epoch milliseconds. For one thread.
 */
final class NewestCheck {

    /** A key whose price is not what is due. */
    private static final class Difference {
        /** The level that has no price; null: it has one, which is not what is due. */
        private final Sent unpriced;

        private final long since;
        private final String text;

        /** When the job was first seen to have passed the level; -1: not yet. */
        private long passedAt = -1;

        private Difference(Sent unpriced, long since, String text) {
            this.unpriced = unpriced;
            this.since = since;
            this.text = text;
        }

        private boolean isSameAs(Difference other) {
            return other != null && other.unpriced == unpriced && other.since == since;
        }
    }

    /**
     * Differences of one kind.
     *
     * @param count how many there are
     * @param oldestMillis how long the oldest has lasted; 0: there is none
     * @param overdue one sentence about one that has lasted too long; null: none has
     */
    record Differences(long count, long oldestMillis, String overdue) {}

    private final AuditedKeys keys;
    private final SentStock stock;
    private final PossibleQuotes quotes;
    private final PricedOffsets offsets;
    private final Map<AuditedKey, Difference> differences = new LinkedHashMap<>();
    private final Set<AuditedKey> sellable = new HashSet<>();

    NewestCheck(AuditedKeys keys, SentStock stock, PossibleQuotes quotes, PricedOffsets offsets) {
        this.keys = keys;
        this.stock = stock;
        this.quotes = quotes;
        this.offsets = offsets;
    }

    /** Checks every key that has changed, and those whose price was not what is due. */
    void look(long now) {
        Set<AuditedKey> open = keys.takeChanged();
        open.addAll(differences.keySet());
        for (AuditedKey key : open) {
            check(key, now);
        }
        for (Difference one : differences.values()) {
            if (one.unpriced != null
                    && one.passedAt < 0
                    && offsets.isPassed(one.unpriced.version())) {
                one.passedAt = now;
            }
        }
    }

    private void check(AuditedKey key, long now) {
        List<QuoteAt> possible = stock.isSold(key) ? quotes.of(key.newest()) : List.of();
        Quote due = possible.isEmpty() ? null : possible.get(0).quote();
        if (due != null && due.due() != null) {
            sellable.add(key);
        } else {
            sellable.remove(key);
        }
        if (agrees(key, possible)) {
            key.agrees();
            differences.remove(key);
            return;
        }
        Difference after = difference(key, due, now);
        Difference before = differences.put(key, after);
        if (after.isSameAs(before)) {
            after.passedAt = before.passedAt;
        }
    }

    /**
     * Returns whether the price may be what is due.
     *
     * @param possible empty: the key is not sold
     */
    private boolean agrees(AuditedKey key, List<QuoteAt> possible) {
        PriceRecord price = key.price();
        if (price == null) {
            return possible.isEmpty()
                    || possible.stream().anyMatch(one -> one.quote().due() == null);
        }
        boolean agrees = false;
        for (QuoteAt one : possible) {
            agrees |=
                    price.quantity() == key.newest().level().quantity()
                            && price.isDue(one.quote(), price, key.changedAt(), one.asOf());
            if (agrees && one.quote().holdSeconds() > 0) {
                keys.changed(key); // A hold ends by itself.
            }
        }
        return agrees;
    }

    /**
     * @param due what the rules say; null: the key is not sold
     */
    private static Difference difference(AuditedKey key, Quote due, long now) {
        PriceRecord price = key.price();
        boolean unpriced =
                due != null
                        && due.due() != null
                        && (price == null || price.quantity() != key.newest().level().quantity());
        if (unpriced) {
            Sent level = key.firstUnpriced();
            return new Difference(
                    level,
                    level.readAt(),
                    "%s: %,d pieces were sent, and price_list has %s."
                            .formatted(
                                    key,
                                    key.newest().level().quantity(),
                                    price == null
                                            ? "no price"
                                            : "the price of %,d".formatted(price.quantity())));
        }
        return new Difference(
                null,
                key.differs(now),
                "%s has the price %s, but the rules say %s."
                        .formatted(
                                key,
                                price == null ? "-" : price.amounts(),
                                due == null ? "that it is not sold" : due.words()));
    }

    /**
     * Returns the stock levels without their price.
     *
     * @param readUntil everything that stood on the topics then has been read
     */
    Differences unpriced(long now, long readUntil) {
        return summary(true, now, readUntil);
    }

    /** Returns the prices of the right level that are not what is due. */
    Differences differing(long now, long readUntil) {
        return summary(false, now, readUntil);
    }

    private Differences summary(boolean unpriced, long now, long readUntil) {
        long count = 0;
        long oldest = now;
        String overdue = null;
        for (Difference one : differences.values()) {
            if ((one.unpriced != null) != unpriced) {
                continue;
            }
            count++;
            oldest = Math.min(oldest, one.since);
            if (overdue == null && readUntil - overdueSince(one) > CommitDelay.LONGEST.toMillis()) {
                overdue =
                        "%s That was %s ago."
                                .formatted(one.text, AuditPromises.seconds(now - one.since));
            }
        }
        return new Differences(count, now - oldest, overdue);
    }

    private long overdueSince(Difference one) {
        if (one.unpriced == null) {
            return one.since;
        }
        return Math.max(
                one.since,
                one.passedAt >= 0 ? one.passedAt : offsets.progressAt(one.unpriced.version()));
    }

    /** Returns how many keys have a price that is due. */
    long priced() {
        return sellable.size() - differences.size();
    }

    /** Returns how many keys should have a price. */
    long sellable() {
        return sellable.size();
    }

    /** Returns one sentence about a difference, on its way or not; null: there is none. */
    String anyDifference() {
        return differences.isEmpty() ? null : differences.values().iterator().next().text;
    }
}
