package io.slackwater.pricing.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.tools.BookAnswers.Told;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BookAnswersTest {

    private final List<Told> told = new ArrayList<>();

    /** An answer a second after the one before it. */
    private Told tell(long version, State state, Long deciding, long from, long at) {
        Told answer =
                new Told(
                        version,
                        state,
                        deciding,
                        from,
                        at,
                        told.size() * 1_000L,
                        // A version is a key, and a key is a partition.
                        (int) (version % 3),
                        told.size());
        told.add(answer);
        return answer;
    }

    private static BookAnswers<Told> heard(List<Told> answers) {
        BookAnswers<Told> heard = new BookAnswers<>();
        answers.forEach(answer -> heard.hear(answer, answer));
        return heard;
    }

    /** What compaction may leave: the newest of each version. */
    private static List<Told> compacted(List<Told> answers) {
        Map<Long, Told> newest = new HashMap<>();
        answers.forEach(answer -> newest.put(answer.version(), answer));
        return List.copyOf(newest.values());
    }

    @Test
    void aVersionThatWaitsDoesNotDecideAtItsBeginWhereANewerOneHolds() {
        tell(1, State.ACTIVE, 1L, 0, 0);
        tell(2, State.SCHEDULED, 1L, 100, 10);
        tell(3, State.ACTIVE, 3L, 20, 20);
        tell(3, State.CONVERGED, 3L, 20, 20);
        assertEquals(List.of(told.get(1)), heard(told).scheduled());
        tell(2, State.OVERTAKEN, 3L, 100, 100);

        assertEquals(3, heard(told).inForce());
        assertEquals(told.get(2), heard(told).begin());
        assertEquals(told.get(3), heard(told).progress());
        assertEquals(List.of(), heard(told).scheduled());
        assertEquals(3, heard(compacted(told)).inForce());
        assertEquals(told.get(3), heard(compacted(told)).progress());
    }

    @Test
    void whatDecidesAfterAnEndIsKnown() {
        tell(3, State.ACTIVE, 3L, 20, 20);
        tell(3, State.CONVERGED, 3L, 20, 20);
        tell(4, State.ACTIVE, 4L, 100, 100);
        assertNull(heard(told).againSince());
        tell(4, State.ENDED, 3L, 100, 200);
        // Even before the older one is told to be active again.
        assertEquals(3, heard(told).inForce());
        assertNull(heard(told).progress());
        tell(3, State.ACTIVE, 3L, 20, 200);

        assertEquals(3, heard(told).inForce());
        assertEquals(200, heard(told).againSince());
        assertNull(heard(told).progress());
        assertEquals(told.get(4), heard(told).begin());
        Told followed = tell(3, State.CONVERGED, 3L, 20, 200);
        assertEquals(followed, heard(told).progress());
        assertEquals(followed, heard(compacted(told)).begin());
        assertEquals(200, heard(compacted(told)).againSince());
    }

    @Test
    void nobodyDecidesAfterTheLastEndOrARetirement() {
        tell(1, State.ACTIVE, 1L, 0, 0);
        tell(2, State.SCHEDULED, 1L, 500, 10);
        Told end = tell(1, State.ENDED, null, 0, 200);
        assertNull(heard(told).inForce());
        assertEquals(end, heard(told).end());
        assertEquals(List.of(told.get(1)), heard(told).scheduled());

        tell(3, State.ACTIVE, 3L, 250, 250);
        assertEquals(3, heard(told).inForce());
        assertNull(heard(told).end());
        tell(2, State.RETIRED, null, 500, 300);
        tell(3, State.RETIRED, null, 250, 300);
        assertNull(heard(told).inForce());
        assertEquals(List.of(), heard(told).scheduled());
        assertEquals(List.of(), heard(compacted(told)).scheduled());
        assertEquals(State.RETIRED, heard(told).end().state());
    }

    @Test
    void whatIsRefusedOrStaleChangesNothing() {
        tell(1, State.ACTIVE, 1L, 0, 0);
        tell(2, State.SCHEDULED, 1L, 500, 10);
        tell(2, State.STALE, 1L, 500, 20);
        tell(3, State.REJECTED, null, 0, 20);

        assertEquals(1, heard(told).inForce());
        assertEquals(List.of(told.get(1)), heard(told).scheduled());
        assertEquals(told.get(3), heard(told).newest());
    }

    @Test
    void believesAReleaseThatNeverSaidWhichVersionDecides() {
        tell(1, State.ACTIVE, null, 0, 0);
        tell(1, State.CONVERGED, null, 0, 0);
        tell(2, State.SCHEDULED, null, 500, 10);
        assertEquals(1, heard(told).inForce());
        assertEquals(told.get(1), heard(told).progress());
        // Its retention may have left only what came of a version.
        assertEquals(1, heard(told.subList(1, 3)).inForce());
        tell(1, State.RETIRED, null, 0, 20);
        assertNull(heard(told).inForce());
        assertEquals(List.of(), heard(told).scheduled());
    }

    @Test
    void nothingIsKnownWhereNothingWasTold() {
        assertNull(heard(told).inForce());
        assertNull(heard(told).end());
        assertNull(heard(told).newest());
    }

    @Test
    void theOrderOfArrivalDoesNotCount() {
        long seed = new Random().nextLong();
        System.out.println("BookAnswersTest seed " + seed);
        Random random = new Random(seed);
        State[] states = {
            State.ACTIVE,
            State.SCHEDULED,
            State.ENDED,
            State.OVERTAKEN,
            State.CONVERGING,
            State.CONVERGED,
            State.CANCELLED,
            State.RETIRED,
            State.STALE,
            State.REJECTED
        };
        for (int round = 0; round < 500; round++) {
            told.clear();
            for (int i = 0; i < 20; i++) {
                long version = 1 + random.nextInt(4);
                Long deciding = random.nextInt(3) == 0 ? null : 1L + random.nextInt(4);
                told.add(
                        new Told(
                                version,
                                states[random.nextInt(states.length)],
                                deciding,
                                (long) random.nextInt(5),
                                (long) random.nextInt(5),
                                random.nextInt(4),
                                (int) (version % 3),
                                i));
            }
            BookAnswers<Told> inOrder = heard(told);
            Collections.shuffle(told, random);
            BookAnswers<Told> shuffled = heard(told);
            String message = "seed " + seed + ", round " + round;
            assertEquals(inOrder.inForce(), shuffled.inForce(), message);
            assertEquals(inOrder.begin(), shuffled.begin(), message);
            assertEquals(inOrder.progress(), shuffled.progress(), message);
            assertEquals(inOrder.againSince(), shuffled.againSince(), message);
            assertEquals(inOrder.scheduled(), shuffled.scheduled(), message);
            assertEquals(inOrder.newest(), shuffled.newest(), message);
        }
    }
}
