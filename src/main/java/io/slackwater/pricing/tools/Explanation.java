package io.slackwater.pricing.tools;

import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import java.util.ArrayList;
import java.util.List;

/**
 * What the lake knows of the price of a product in a warehouse at a moment; {@link ExplanationText}
 * tells it to people, {@link ExplanationJson} to machines.
 *
 * @param row the price, or its withdrawal; null: there was none at that moment
 * @param currency of the price, or of the one that was withdrawn
 * @param since when it holds, epoch milliseconds
 * @param next the row that ended it; null: none, it is the newest
 * @param firstAt when the first price of all held, epoch milliseconds; null: there never was one
 * @param superseded stock levels that came too late
 * @param recomputed the price as each document of its book makes it; empty: none is known
 * @param ended the answer that its book does not decide any more; null: it does
 */
record Explanation(
        String product,
        String warehouse,
        PricingEvent row,
        String currency,
        long since,
        PricingEvent next,
        Long firstAt,
        List<PricingEvent> superseded,
        List<Recomputation> recomputed,
        RuleStatus ended) {

    /**
     * Explains a price from its rows in the lake and the documents of its book.
     *
     * @param moment the price of this moment, epoch milliseconds; the largest: the newest
     */
    static Explanation of(LakeReader lake, String product, String warehouse, long moment) {
        List<PricingEvent> superseded = new ArrayList<>();
        List<PricingEvent> rows = new ArrayList<>();
        Long firstAt = null;
        for (PricingEvent row : lake.rowsOf(product, warehouse)) {
            if (row.outcome() == Outcome.SUPERSEDED) {
                superseded.add(row);
            } else {
                rows.add(row);
                boolean first = firstAt == null || row.effectiveAt() < firstAt;
                firstAt = first ? (Long) row.effectiveAt() : firstAt;
            }
        }
        int index = -1;
        for (int i = 0; i < rows.size(); i++) {
            // Not the newest of its time but the last that was written for that time: what came
            // late has put right what was there before.
            if (rows.get(i).effectiveAt() <= moment) {
                index = i;
            }
        }
        if (index < 0) {
            return new Explanation(
                    product, warehouse, null, null, 0, null, firstAt, superseded, List.of(), null);
        }
        PricingEvent row = rows.get(index);
        PricingEvent next = next(rows, index);
        boolean priced = row.outcome() == Outcome.PRICED;
        return new Explanation(
                product,
                warehouse,
                row,
                currency(rows, index),
                since(rows, index),
                next,
                firstAt,
                superseded,
                priced ? recomputed(lake, row) : List.of(),
                priced && next == null ? ended(lake, row, moment) : null);
    }

    private static long since(List<PricingEvent> rows, int index) {
        PricingEvent row = rows.get(index);
        long since = row.effectiveAt();
        for (int i = index; i >= 0 && rows.get(i).priceVersion() == row.priceVersion(); i--) {
            if (rows.get(i).outcome() == row.outcome()) {
                since = Math.min(since, rows.get(i).effectiveAt());
            }
        }
        return since;
    }

    private static PricingEvent next(List<PricingEvent> rows, int index) {
        PricingEvent row = rows.get(index);
        for (PricingEvent later : rows.subList(index + 1, rows.size())) {
            if (later.priceVersion() != row.priceVersion() || later.outcome() != row.outcome()) {
                return later;
            }
        }
        return null;
    }

    /** A withdrawal has none: that of what it ended. */
    private static String currency(List<PricingEvent> rows, int index) {
        String currency = null;
        for (int i = index; i >= 0 && currency == null; i--) {
            currency = rows.get(i).currency();
        }
        return currency;
    }

    private static List<Recomputation> recomputed(LakeReader lake, PricingEvent row) {
        List<Recomputation> recomputed = new ArrayList<>();
        int mark = row.ruleBook().lastIndexOf('@');
        long version = Long.parseLong(row.ruleBook().substring(mark + 1));
        String document = null;
        for (RuleStatus accepted : lake.accepted(row.ruleBook().substring(0, mark), version)) {
            // The same document, accepted again by a restarted job, is not asked twice.
            if (!accepted.document().equals(document)) {
                recomputed.add(Recomputation.of(row, accepted));
            }
            document = accepted.document();
        }
        return recomputed;
    }

    /**
     * The answer that the book of a price, which is the newest, does not decide any more; null: it
     * does, or that was not told. A price that stays as it is gets no new row.
     */
    private static RuleStatus ended(LakeReader lake, PricingEvent row, long moment) {
        int mark = row.ruleBook().lastIndexOf('@');
        long version = Long.parseLong(row.ruleBook().substring(mark + 1));
        RuleStatus ended = null;
        for (RuleStatus answer : lake.answers(row.ruleBook().substring(0, mark))) {
            boolean ofIt = answer.version() != null && answer.version() == version;
            if (!ofIt || answer.at() == null || answer.at() > moment) {
                continue;
            }
            boolean ends = answer.state() == State.ENDED || answer.state() == State.RETIRED;
            boolean begins = answer.state() == State.ACTIVE;
            if ((ends || begins) && (ended == null || answer.at() >= ended.at())) {
                ended = answer;
            }
        }
        boolean isOver = ended != null && ended.state() != State.ACTIVE;
        return isOver && ended.at() >= row.effectiveAt() ? ended : null;
    }

    /** Returns whether there was no price at that moment. */
    boolean isUnknown() {
        return row == null;
    }

    boolean isWithdrawn() {
        return !isUnknown() && row.outcome() == Outcome.WITHDRAWN;
    }

    /** Returns whether there is a price that its book makes again, or it was withdrawn. */
    boolean isGood() {
        return isWithdrawn() || (best() != null && best().agrees());
    }

    /** Returns whether the price before was in another currency. */
    boolean isOtherCurrency() {
        return row.previousCurrency() != null && !row.previousCurrency().equals(row.currency());
    }

    /** Returns whether the price before was the same amount. */
    boolean isAsBefore() {
        return !isOtherCurrency() && row.previousPrice().compareTo(row.price()) == 0;
    }

    /** The attempt that agrees, else the newest; null where the book is not known. */
    Recomputation best() {
        return recomputed.stream()
                .filter(Recomputation::agrees)
                .findFirst()
                .orElse(recomputed.isEmpty() ? null : recomputed.get(0));
    }
}
