package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.PricingFlow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AcceptRuleBooksTest {

    private PricingFlow flow;

    @BeforeEach
    void start() throws Exception {
        // Four subtasks apply the rules; every book still gets one answer.
        flow = new PricingFlow(PricingFlow.settings(), 4);
    }

    @AfterEach
    void stop() throws Exception {
        flow.close();
    }

    @Test
    void answersOnceAVersionWhateverTheParallelism() throws Exception {
        flow.book(Books.book(1));
        assertEquals(List.of("1 ACTIVE"), answers());
        assertEquals(4, flow.sweeps().size());
    }

    @Test
    void announcesAFutureBookAndItsBegin() throws Exception {
        flow.book(Books.book(1)).watermark(1000).book(Books.book(2).from(5000L)).watermark(4999);
        assertEquals(List.of("1 ACTIVE", "2 SCHEDULED"), answers());
        assertEquals(4, flow.sweeps().size(), "it has not converged yet");
        flow.watermark(5000).watermark(9000);
        assertEquals(List.of("1 ACTIVE", "2 SCHEDULED", "2 ACTIVE"), answers());
        assertEquals(8, flow.sweeps().size());
    }

    @Test
    void calculatesABookWithoutABeginFromItsKafkaTimestamp() throws Exception {
        flow.watermark(1000);
        flow.publish("default", Books.book(1).from(null).bytes(), 7000);
        assertEquals(List.of("1 SCHEDULED"), answers());
        assertEquals(7000, flow.statuses().get(0).effectiveFrom());
    }

    @Test
    void refusesWithEveryReasonAndKeepsTheBookInForce() throws Exception {
        flow.book(Books.book(1));
        flow.publish(
                "default",
                """
                {"book_id":"default","version":2,"currency":"XXXX","default_tier":"gone",
                 "tiers":{"standard":{"base_price":0}},"rules":[{"rule_id":"r","kind":"magic"}]}"""
                        .getBytes(StandardCharsets.UTF_8),
                0);
        RuleStatus refused = flow.statuses().get(1);
        assertEquals(State.REJECTED, refused.state());
        assertEquals(2, refused.version());
        assertTrue(refused.reasons().size() >= 4, () -> refused.reasons().toString());
        assertTrue(flow.deadLetters().isEmpty(), "it has its answer");
    }

    @Test
    void acceptsTheCorrectedVersionAfterARefusal() throws Exception {
        flow.book(Books.book(1).standardCosts("-1")).book(Books.book(1).standardCosts("1"));
        assertEquals(List.of("1 REJECTED", "1 ACTIVE"), answers());
    }

    @Test
    void callsAVersionStaleThatIsNotAboveTheNewest() throws Exception {
        flow.book(Books.book(3)).book(Books.book(3)).book(Books.book(2));
        assertEquals(List.of("3 ACTIVE", "3 STALE", "2 STALE"), answers());
    }

    @Test
    void staysStaleAfterTheBookWasRetired() throws Exception {
        flow.book(Books.book(3));
        flow.publish("default", null, 0);
        flow.book(Books.book(3)).book(Books.book(4));
        assertEquals(List.of("3 ACTIVE", "3 RETIRED", "3 STALE", "4 ACTIVE"), answers());
    }

    @Test
    void ignoresOtherBooksWithAnAnswer() throws Exception {
        flow.publish("summer", Books.book(1).id("summer").bytes(), 0);
        assertEquals(List.of("1 IGNORED"), answers());
        assertEquals("summer", flow.statuses().get(0).bookId());
    }

    @Test
    void refusesABookUnderAnothersKey() throws Exception {
        flow.publish("summer", Books.book(1).bytes(), 0);
        assertEquals("KEY_MISMATCH", flow.statuses().get(0).reasons().get(0).reason());
    }

    @Test
    void sendsWhatNamesNoBookToTheDeadLetters() throws Exception {
        flow.publish(null, "not a book".getBytes(StandardCharsets.UTF_8), 0);
        flow.publish(null, null, 0);
        assertEquals(2, flow.deadLetters().size());
        assertTrue(flow.statuses().isEmpty());
    }

    @Test
    void refusesTextThatIsNoBookUnderTheNameOfItsKey() throws Exception {
        flow.publish("default", "not a book".getBytes(StandardCharsets.UTF_8), 0);
        RuleStatus status = flow.statuses().get(0);
        assertEquals(State.REJECTED, status.state());
        assertNull(status.version());
    }

    private List<String> answers() {
        return flow.statuses().stream().map(s -> s.version() + " " + s.state()).toList();
    }
}
