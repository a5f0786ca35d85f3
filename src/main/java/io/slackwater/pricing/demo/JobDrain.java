package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.Watch.Answer;
import io.slackwater.pricing.model.RuleStatus.State;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Waits until the job has taken in everything that was sent, then stops it gracefully: everything
 * that it has made is committed.
 */
final class JobDrain {

    private static final long INTERVAL_MILLIS = 2_000;

    /** How long the wait may go on without any progress. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** After one of these, no price has to follow a version any more. */
    private static final Set<State> FOLLOWED =
            EnumSet.of(State.CONVERGED, State.CANCELLED, State.ENDED, State.RETIRED);

    private final RunningJob job;
    private final Feed feed;
    private final Watch watch;
    private final CounterBalance balance;

    /**
     * How the job ended.
     *
     * @param counters its counters, by name, exact
     * @param failures how many failures it has recovered from
     */
    record Drained(Map<String, Long> counters, int failures) {}

    /**
     * @param balance is told of the job's counters while it waits
     */
    JobDrain(RunningJob job, Feed feed, Watch watch, CounterBalance balance) {
        this.job = job;
        this.feed = feed;
        this.watch = watch;
        this.balance = balance;
    }

    /**
     * Waits and stops the job. It gives up waiting when nothing has moved for a minute.
     *
     * @throws IllegalStateException when the job fails, or everything is to end at once
     */
    Drained drain(DemoDisplay display, StopSignal stop) throws Exception {
        display.say("Sending has ended; the job takes in the rest ...");
        Map<String, Long> before = Map.of();
        long moved = System.nanoTime();
        while (true) {
            Map<String, Long> counters = job.counters();
            balance.note(System.currentTimeMillis(), counters);
            display.showNews();
            boolean resting = counters.equals(before);
            if (!resting) {
                moved = System.nanoTime();
            }
            // The second time alike: a rule book may still be on its way through the prices.
            if (resting && isTakenIn(counters) && isConverged()) {
                break;
            }
            if (System.nanoTime() - moved > PATIENCE.toNanos()) {
                display.say(
                        "The job has taken in %,d of %,d messages, and nothing has moved for %d s."
                                .formatted(
                                        Verdict.count(counters, "messages"),
                                        feed.messages(),
                                        PATIENCE.toSeconds()));
                break;
            }
            before = counters;
            job.check();
            display.showFigures();
            if (stop.isInterrupted()) {
                throw new IllegalStateException("interrupted");
            }
            Thread.sleep(INTERVAL_MILLIS);
        }
        int failures = job.failures();
        return new Drained(job.stop(), failures);
    }

    private boolean isTakenIn(Map<String, Long> counters) {
        return Verdict.count(counters, "messages") == feed.messages()
                && Verdict.count(counters, "lines") == CounterBalance.places(counters);
    }

    /** Returns whether every price follows every accepted book. */
    private boolean isConverged() {
        Set<String> active = new HashSet<>();
        for (Answer answer : watch.answers()) {
            String book = answer.bookId() + "@" + answer.version();
            if (answer.state() == State.ACTIVE) {
                active.add(book);
            } else if (FOLLOWED.contains(answer.state())) {
                active.remove(book);
            }
        }
        return active.isEmpty();
    }
}
