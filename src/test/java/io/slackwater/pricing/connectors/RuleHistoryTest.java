package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.connectors.RuleHistory.First;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.State;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleHistoryTest {

    private final List<RuleStatus> answers = new ArrayList<>();

    @Test
    void givesEverythingInTheOrderOfPublicationWhereTheTopicHasNothing() {
        accepted(2, 200, State.SCHEDULED);
        accepted(10, 400, State.ENDED);
        accepted(1, 100, State.ACTIVE);
        answered(2, null, State.ACTIVE, null);
        answered(1, null, State.CONVERGED, null);
        answered(3, 300L, State.REJECTED, "v3@300");
        answered(2, 350L, State.STALE, "v2@350");

        assertEquals(List.of("v1@100", "v2@200", "v10@400"), before(null));
    }

    @Test
    void givesEachVersionOnceThatSeveralStartsHaveAccepted() {
        accepted(1, 100, State.ACTIVE);
        accepted(2, 200, State.SCHEDULED);
        accepted(1, 100, State.ACTIVE);
        accepted(2, 200, State.ACTIVE);

        assertEquals(List.of("v1@100", "v2@200"), before(null));
    }

    @Test
    void stopsWhereTheTopicBegins() {
        accepted(1, 100, State.ACTIVE);
        accepted(2, 200, State.SCHEDULED);
        accepted(3, 300, State.SCHEDULED);

        assertEquals(List.of("v1@100"), before(new First(2L, 200)));
        assertEquals(List.of("v1@100", "v2@200"), before(new First(null, 300)));
        assertEquals(List.of(), before(new First(1L, 100)));
    }

    @Test
    void aMessageThatWasStaleOrRefusedHidesNothingThatCameBeforeIt() {
        accepted(1, 100, State.ACTIVE);
        accepted(5, 500, State.ACTIVE);

        // Compaction has left version 2, which came after version 5 and changed nothing.
        assertEquals(List.of("v1@100", "v5@500"), before(new First(2L, 600)));
        assertEquals(List.of("v1@100", "v5@500"), before(new First(6L, 600)));
    }

    @Test
    void theClocksOfThosePublishingMayDiffer() {
        accepted(1, 100, State.ACTIVE);
        accepted(2, 900, State.SCHEDULED);
        accepted(3, 300, State.SCHEDULED);

        assertEquals(List.of("v1@100", "v2@900", "v3@300"), before(null));
        assertEquals(List.of("v1@100", "v2@900"), before(new First(3L, 300)));
    }

    @Test
    void aRetirementStandsAfterAllThatCameBeforeItWhicheverVersionsItIsToldOf() {
        accepted(1, 100, State.ACTIVE);
        accepted(2, 200, State.SCHEDULED);
        accepted(3, 300, State.ACTIVE);
        answered(1, 400L, State.RETIRED, null);
        answered(2, 400L, State.RETIRED, null);
        accepted(4, 500, State.SCHEDULED);

        assertEquals(List.of("v1@100", "v2@200", "v3@300", "retired@400", "v4@500"), before(null));
        // The topic still has version 3, and after it the retirement.
        assertEquals(List.of("v1@100", "v2@200"), before(new First(3L, 300)));
        assertEquals(
                List.of("v1@100", "v2@200", "v3@300", "retired@400"), before(new First(4L, 500)));
        // It begins with the retirement itself.
        assertEquals(List.of("v1@100", "v2@200", "v3@300"), before(new First(null, 400)));
    }

    @Test
    void whatWasOnATopicThatWasMadeAgainDoesNotCount() {
        accepted(1, 100, State.ACTIVE);
        accepted(2, 200, State.ACTIVE);
        accepted(3, 300, State.ACTIVE);
        answered(3, 400L, State.RETIRED, null);
        accepted(1, 1_000, State.ACTIVE);
        accepted(2, 2_000, State.ACTIVE);

        assertEquals(List.of("v1@1000", "v2@2000"), before(null));
        assertEquals(List.of("v1@1000"), before(new First(2L, 2_000)));
    }

    @Test
    void whatTheJobIsToldHasItsTimeItsKeyAndNoOffset() {
        accepted(1, 100, State.ACTIVE);
        RuleBookMessage message = RuleHistory.before(null, answers, "default").get(0);

        assertEquals("default", new String(message.key(), StandardCharsets.UTF_8));
        assertEquals(100, message.source().timestamp());
        assertEquals(-1, message.source().offset());
        assertEquals("pricing_rules", message.source().topic());
    }

    private void accepted(long version, long publishedAt, State state) {
        answered(version, publishedAt, state, "v" + version + "@" + publishedAt);
    }

    private void answered(long version, Long publishedAt, State state, String document) {
        answers.add(
                new RuleStatus(
                        "default",
                        version,
                        state,
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        null,
                        null,
                        publishedAt,
                        document,
                        null));
    }

    private List<String> before(First first) {
        return RuleHistory.before(first, answers, "default").stream()
                .map(
                        message ->
                                message.document() == null
                                        ? "retired@" + message.source().timestamp()
                                        : new String(message.document(), StandardCharsets.UTF_8))
                .toList();
    }
}
