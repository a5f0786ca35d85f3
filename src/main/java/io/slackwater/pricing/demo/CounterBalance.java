package io.slackwater.pricing.demo;

import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.dashboard.Controls.State;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Checks that the job's counters add up while it runs: every line that it has seen ends in exactly
 * one place.
 *
 * <p>Lines are counted at the front of the job and their places behind it, and each number is a
 * heartbeat old. So the two are never compared at one moment: all lines of a moment must have their
 * places a little later, and all places of a moment must have been lines.
 *
 * <p>Times are epoch milliseconds. Safe for any thread.
 */
final class CounterBalance {

    private static final String ID = "adds-up";
    private static final String LABEL = "Adds up";

    private record Sample(long at, long lines, long places) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private Promise promise =
            new Promise(ID, LABEL, State.CHECKING, "The job has not counted anything yet.");

    /** Where a line may end. */
    static long places(Map<String, Long> counters) {
        return Stream.of("priced", "unchanged", "superseded", "waiting", "deadLines")
                .mapToLong(name -> Verdict.count(counters, name))
                .sum();
    }

    /** The counters in words. */
    static String law(Map<String, Long> counters) {
        return "%,d lines = %,d priced + %,d unchanged + %,d superseded + %,d waiting + %,d bad"
                .formatted(
                        Verdict.count(counters, "lines"),
                        Verdict.count(counters, "priced"),
                        Verdict.count(counters, "unchanged"),
                        Verdict.count(counters, "superseded"),
                        Verdict.count(counters, "waiting"),
                        Verdict.count(counters, "deadLines"));
    }

    /**
     * Takes the job's counters of a moment.
     *
     * @param counters by name; without {@code lines} and {@code priced}: the job is not running
     */
    synchronized void note(long now, Map<String, Long> counters) {
        if (!counters.containsKey("lines") || !counters.containsKey("priced")) {
            samples.clear();
            promise =
                    new Promise(
                            ID, LABEL, State.CHECKING, "The job is starting, and counts nothing.");
            return;
        }
        Sample sample = new Sample(now, Verdict.count(counters, "lines"), places(counters));
        // After a failure the job counts on from its newest checkpoint.
        if (!samples.isEmpty()
                && (sample.lines() < samples.peekLast().lines()
                        || sample.places() < samples.peekLast().places())) {
            samples.clear();
        }
        samples.add(sample);
        // Samples that have found both their counterparts are done with; one is kept.
        while (samples.size() > 1
                && samples.peekFirst().lines() <= sample.places()
                && samples.peekFirst().places() <= sample.lines()) {
            samples.removeFirst();
        }
        long open = now - samples.peekFirst().at();
        long onTheWay = Math.max(0, sample.lines() - sample.places());
        State state =
                open > CommitDelay.LONGEST.toMillis()
                        ? State.BROKEN
                        : open > CommitDelay.USUAL.toMillis() ? State.CHECKING : State.KEPT;
        promise =
                new Promise(
                        ID,
                        LABEL,
                        state,
                        law(counters)
                                + (onTheWay == 0
                                        ? "."
                                        : ", and %,d on their way.".formatted(onTheWay)));
    }

    synchronized Promise promise() {
        return promise;
    }
}
