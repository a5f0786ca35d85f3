package io.slackwater.pricing.demo;

import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.dashboard.Controls.State;
import io.slackwater.pricing.demo.NewestCheck.Differences;
import java.util.List;

/** Tells for a person how three promises do: nothing lost, nothing twice, every price right. */
final class AuditPromises {

    private final VersionCheck versions;
    private final RecordCheck records;
    private final NewestCheck newest;

    AuditPromises(VersionCheck versions, RecordCheck records, NewestCheck newest) {
        this.versions = versions;
        this.records = records;
        this.newest = newest;
    }

    /**
     * Returns the promises as the checks last found them.
     *
     * @param now epoch milliseconds
     * @param readUntil everything that stood on the topics then has been read, likewise
     */
    List<Promise> at(long now, long readUntil) {
        return List.of(
                nothingLost(newest.unpriced(now, readUntil)),
                nothingTwice(),
                pricesRight(newest.differing(now, readUntil)));
    }

    private Promise nothingLost(Differences unpriced) {
        long sellable = newest.sellable();
        String text =
                "%,d of %,d stock levels have their price"
                                .formatted(Math.max(0, sellable - unpriced.count()), sellable)
                        + (unpriced.count() == 0
                                ? "."
                                : "; %,d are on their way, the oldest for %s."
                                        .formatted(
                                                unpriced.count(),
                                                seconds(unpriced.oldestMillis())));
        return promise(
                "nothing-lost",
                "Nothing lost",
                unpriced.overdue(),
                versions.records() == 0 || isUnusual(unpriced),
                text);
    }

    private Promise nothingTwice() {
        return promise(
                "nothing-twice",
                "Nothing twice",
                versions.fault(),
                versions.records() == 0,
                "%,d records of price_list, and every version is one more than that before it."
                        .formatted(versions.records()));
    }

    private Promise pricesRight(Differences differing) {
        // A rule book, or the begin or end of a rule, is on its way through the prices.
        boolean sweeping = differing.count() > 0 && differing.count() * 20 > newest.sellable();
        return promise(
                "prices-right",
                "Every price as the rules say",
                records.firstWrong() == null ? differing.overdue() : records.firstWrong(),
                records.explained() == 0 || sweeping || isUnusual(differing),
                "%,d prices recomputed, %,d wrong".formatted(records.explained(), records.wrong())
                        + (differing.count() == 0
                                ? "."
                                : "; %,d of the newest follow a change in a moment."
                                        .formatted(differing.count())));
    }

    private static boolean isUnusual(Differences differences) {
        return differences.oldestMillis() > CommitDelay.USUAL.toMillis();
    }

    /**
     * @param fault why it is broken; null: it is not
     * @param checking whether nobody can say yet that it is kept
     * @param text what is said of a promise that is not broken
     */
    private static Promise promise(
            String id, String label, String fault, boolean checking, String text) {
        if (fault != null) {
            return new Promise(id, label, State.BROKEN, fault);
        }
        return new Promise(id, label, checking ? State.CHECKING : State.KEPT, text);
    }

    /** Returns a duration in whole seconds, for a person. */
    static String seconds(long millis) {
        return "%,d s".formatted(millis / 1000);
    }
}
