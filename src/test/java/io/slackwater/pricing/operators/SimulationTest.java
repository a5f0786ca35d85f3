package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.slackwater.pricing.operators.Story.Happening;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/**
 * The first promise: whatever the interleaving of the inputs, whatever the parallelism, however
 * often it is restarted, the newest record of every key of the price list is what the rules say of
 * its newest stock level. Each seed is one {@link Story}; what it must end in, a {@link
 * io.slackwater.pricing.demo.ContractModel} says that knows nothing of the operators.
 *
 * <p>Replay one story, and read it: {@code mvn test -Dtest=SimulationTest -Dseed=123 -Dseeds=1}.
 */
class SimulationTest {

    private static final long FIRST_SEED = Long.getLong("seed", 1);
    private static final long SEEDS = Long.getLong("seeds", 4_000);

    /** So many stories have everything in them that may happen. */
    private static final long MANY = 1_000;

    /** So many failures say enough. */
    private static final int ENOUGH = 5;

    private final Map<Long, Throwable> failures = new ConcurrentSkipListMap<>();
    private final AtomicLong nextSeed = new AtomicLong(FIRST_SEED);
    private final AtomicLongArray happenings = new AtomicLongArray(Happening.values().length);

    @Test
    void endsInWhatTheContractSaysForEveryInterleaving() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = Runtime.getRuntime().availableProcessors(); i > 0; i--) {
            Thread thread = new Thread(this::tellStories, "stories-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            fail(report(), failures.values().iterator().next());
        }
        if (SEEDS >= MANY) {
            assertWorthTelling();
        }
    }

    private void tellStories() {
        long seed;
        while ((seed = nextSeed.getAndIncrement()) < FIRST_SEED + SEEDS
                && failures.size() < ENOUGH) {
            Story story = new Story(seed, SEEDS == 1 ? System.out::println : null);
            try {
                story.play();
            } catch (AssertionError | Exception failure) {
                failures.put(seed, failure);
            }
            int[] happened = story.happenings();
            for (int i = 0; i < happened.length; i++) {
                happenings.addAndGet(i, happened[i]);
            }
        }
    }

    private String report() {
        StringBuilder report = new StringBuilder();
        failures.forEach(
                (seed, failure) ->
                        report.append(
                                """
                                The story of seed %d fails; to read it:
                                  mvn test -Dtest=SimulationTest -Dseed=%d -Dseeds=1
                                %s
                                """
                                        .formatted(seed, seed, failure.getMessage())));
        return report.toString();
    }

    /** Stories in which nothing happens would prove nothing. */
    private void assertWorthTelling() {
        Map<Happening, Long> counted = new TreeMap<>();
        for (Happening happening : Happening.values()) {
            counted.put(happening, happenings.get(happening.ordinal()));
        }
        System.out.println(SEEDS + " stories: " + counted);
        counted.forEach((happening, times) -> assertTrue(times > SEEDS / 100, happening + ""));
        assertTrue(
                counted.get(Happening.BOOK_ACCEPTED) > 2 * counted.get(Happening.BOOK_NOT_ACCEPTED),
                "most books are good ones");
    }
}
