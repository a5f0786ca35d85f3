package io.slackwater.pricing.tools;

import io.slackwater.pricing.model.RuleStatus.State;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What the job's answers about one rule book come to: which version decides, which ones wait, how
 * far prices follow. The result is the same in whatever order the answers are heard, as they stand
 * on several partitions, and compaction may have left only the newest of each version.
 *
 * <p>Answers of release 0.1.0 do not say which version decides; of those, an {@code ACTIVE} counts
 * for its own version, as that release meant it.
 *
 * @param <T> what is kept of an answer
 */
public final class BookAnswers<T> {

    /** Versions that are kept: the newest ones. */
    private static final int VERSIONS = 1_000;

    /**
     * An answer of the job.
     *
     * @param version the version that it is about; 0 where it has none
     * @param state what became of it; null: a state that this release does not know
     * @param deciding the version that decides at {@code at}, as the answer says; null: it does not
     *     say, or none does
     * @param effectiveFrom begin of the version, epoch milliseconds; null where it is not told
     * @param at event time reached when it was told, epoch milliseconds; null where it is not told
     * @param timestamp of its record, epoch milliseconds
     * @param partition where it stands
     * @param offset likewise
     */
    public record Told(
            long version,
            State state,
            Long deciding,
            Long effectiveFrom,
            Long at,
            long timestamp,
            int partition,
            long offset) {

        /** The order in which answers were given; total, and independent of who reads them when. */
        public static final Comparator<Told> ORDER =
                Comparator.comparingLong(Told::timestamp)
                        .thenComparing(Told::at, Comparator.nullsFirst(Comparator.naturalOrder()))
                        // At one moment a version ends first, and then another one begins.
                        .thenComparing(told -> !told.endsAVersion())
                        .thenComparingLong(Told::version)
                        .thenComparingInt(Told::partition)
                        .thenComparingLong(Told::offset);

        private boolean endsAVersion() {
            return state == State.ENDED || state == State.OVERTAKEN;
        }

        private boolean saysWhichDecides() {
            return deciding != null
                    || state == State.ACTIVE
                    || state == State.ENDED
                    || state == State.RETIRED;
        }

        /** Null: none. Asked only where the answer says which one decides. */
        private Long decides() {
            return state == State.RETIRED
                    ? null
                    : deciding == null && state == State.ACTIVE ? Long.valueOf(version) : deciding;
        }

        private boolean isProgress() {
            return state == State.CONVERGING
                    || state == State.CONVERGED
                    || state == State.CANCELLED;
        }
    }

    private record Entry<T>(Told told, T kept) {}

    /** The newest answers about one version. */
    private static final class Version<T> {
        Entry<T> newest;
        Entry<T> active;
        Entry<T> progress;

        /** The newest end of another version that left this one to decide. */
        Entry<T> left;

        /** The earliest begin that was told; null: none was. */
        Long from;
    }

    private final TreeMap<Long, Version<T>> versions = new TreeMap<>();
    private Entry<T> newest;
    private Entry<T> decider;
    private Entry<T> retirement;

    /** Hears one answer; the same one again changes nothing. */
    public void hear(Told told, T kept) {
        Entry<T> entry = new Entry<>(told, kept);
        newest = newer(newest, entry);
        if (told.saysWhichDecides()) {
            decider = newer(decider, entry);
        }
        if (told.state() == State.RETIRED) {
            retirement = newer(retirement, entry);
        }
        if (told.state() == State.ENDED && told.deciding() != null) {
            Version<T> left = version(told.deciding());
            left.left = newer(left.left, entry);
        }
        Version<T> version = version(told.version());
        // A version that was tried a second time is refused; that changes nothing of the first.
        if (told.state() != State.STALE) {
            version.newest = newer(version.newest, entry);
            Long from = told.effectiveFrom();
            version.from =
                    version.from == null || (from != null && from < version.from)
                            ? from
                            : version.from;
        }
        if (told.state() == State.ACTIVE) {
            version.active = newer(version.active, entry);
        }
        if (told.isProgress()) {
            version.progress = newer(version.progress, entry);
        }
        if (versions.size() > VERSIONS) {
            Long inForce = inForce();
            Long oldest = versions.firstKey();
            versions.remove(oldest.equals(inForce) ? versions.higherKey(oldest) : oldest);
        }
    }

    private Version<T> version(long number) {
        return versions.computeIfAbsent(number, unknown -> new Version<>());
    }

    private static <T> Entry<T> newer(Entry<T> before, Entry<T> now) {
        return before == null || Told.ORDER.compare(before.told(), now.told()) < 0 ? now : before;
    }

    private static <T> boolean isAfter(Entry<T> one, Entry<T> other) {
        return other == null || Told.ORDER.compare(one.told(), other.told()) > 0;
    }

    /** Forgets everything. */
    public void clear() {
        versions.clear();
        newest = null;
        decider = null;
        retirement = null;
    }

    /** The version that decides; null: none, or it is not known. */
    public Long inForce() {
        if (decider != null) {
            return decider.told().decides();
        }
        // Of release 0.1.0 only what came of a version may be left: prices followed it then.
        Long version = null;
        Entry<T> following = null;
        for (var entry : versions.entrySet()) {
            Entry<T> progress = entry.getValue().progress;
            boolean follows = progress != null && progress.told().state() != State.CANCELLED;
            if (follows && isAfter(progress, following)) {
                following = progress;
                version = entry.getKey();
            }
        }
        return version;
    }

    /**
     * Why no version decides: the answer that said so, a retirement or an end. Null where one
     * decides, or nothing was told.
     */
    public T end() {
        return decider != null && decider.told().decides() == null ? decider.kept() : null;
    }

    /** The answer by which the version in force began, else its newest; null: none is known. */
    public T begin() {
        Version<T> version = deciding();
        return version == null
                ? null
                : version.active != null
                        ? version.active.kept()
                        : version.newest == null ? null : version.newest.kept();
    }

    /**
     * Since when the version in force decides again, epoch milliseconds of event time, because a
     * newer one has ended; null where it decides since its own begin.
     */
    public Long againSince() {
        Version<T> version = deciding();
        if (version == null || version.left == null) {
            return null;
        }
        Long end = version.left.told().at();
        return end == null || (version.from != null && version.from >= end) ? null : end;
    }

    /** The begin of the version in force, epoch milliseconds; null where it is not known. */
    public Long since() {
        Version<T> version = deciding();
        return version == null ? null : version.from;
    }

    /** How far prices follow the version in force since it last began; null: nothing was told. */
    public T progress() {
        Version<T> version = deciding();
        return version == null
                        || version.progress == null
                        || !isAfter(version.progress, version.active)
                        || !isAfter(version.progress, version.left)
                ? null
                : version.progress.kept();
    }

    /** Versions that are accepted and have not begun, the lowest first. */
    public List<T> scheduled() {
        return versions.values().stream()
                .map(version -> version.newest)
                .filter(entry -> entry != null && entry.told().state() == State.SCHEDULED)
                .filter(entry -> isAfter(entry, retirement))
                .map(Entry::kept)
                .toList();
    }

    /** The newest answer of all; null: there is none. */
    public T newest() {
        return newest == null ? null : newest.kept();
    }

    private Version<T> deciding() {
        Long inForce = inForce();
        return inForce == null ? null : versions.get(inForce);
    }
}
