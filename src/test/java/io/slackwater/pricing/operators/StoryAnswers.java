package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.demo.ContractBooks;
import io.slackwater.pricing.demo.ContractBooks.Verdict;
import io.slackwater.pricing.demo.ContractModel.Book;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.operators.Story.Happening;
import io.slackwater.pricing.operators.StoryScript.PublishedBook;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the rules said of themselves in a {@link Story}: each book gets the answer that the contract
 * gives at the event time reached, and whoever reads on knows at each moment which version decides.
 */
final class StoryAnswers {

    private final int keptVersions;
    private final Consumer<Happening> happens;
    private final ContractBooks books;

    /** The state that was told last, by version. */
    private final Map<Long, String> last;

    /** The version that decides by all that was told; null: none does. */
    private Long deciding;

    /** What an end announced, and the next answer has to say. */
    private Long announced;

    private long reached = Long.MIN_VALUE;

    StoryAnswers(int keptVersions, Consumer<Happening> happens) {
        this.keptVersions = keptVersions;
        this.happens = happens;
        books = new ContractBooks();
        last = new HashMap<>();
    }

    private StoryAnswers(StoryAnswers other) {
        keptVersions = other.keptVersions;
        happens = other.happens;
        books = other.books.copy();
        last = new HashMap<>(other.last);
        deciding = other.deciding;
        reached = other.reached;
    }

    StoryAnswers copy() {
        return new StoryAnswers(this);
    }

    /** The books that were accepted. */
    ContractBooks books() {
        return books;
    }

    void hearTime(long time) {
        reached = Math.max(reached, time);
    }

    /**
     * A book was published.
     *
     * @param answers what was answered to it
     * @return whether it was accepted
     */
    boolean hearBook(PublishedBook book, List<RuleStatus> answers) {
        if (book.document() == null) {
            retire(answers);
            return false;
        }
        RuleStatus answer = answers.get(0);
        String state = answer.state().name();
        assertEquals(book.model().version(), answer.version(), () -> book + " got " + answer);
        if (answer.at() != null) {
            assertTrue(answer.at() <= reached, () -> "event time never came so far: " + answer);
        }
        if (!book.isValid()) {
            assertTrue(
                    state.equals("REJECTED") || state.equals("STALE"), () -> book + "" + answer);
            happens.accept(Happening.BOOK_NOT_ACCEPTED);
            return false;
        }
        long at = answer.at() == null ? Long.MIN_VALUE : answer.at();
        Verdict verdict = books.verdict(book.model(), at, keptVersions);
        String expected =
                switch (verdict) {
                    case STALE -> "STALE";
                    case OVER -> "REJECTED [BOOK_IS_OVER]";
                    case TOO_MANY -> "REJECTED [TOO_MANY_VERSIONS]";
                    case ACCEPTED -> {
                        long now = answer.at() == null ? book.timestamp() : at;
                        yield book.model().from() <= now ? "ACTIVE" : "SCHEDULED";
                    }
                };
        String told =
                state.equals("REJECTED")
                        ? state + " " + answer.reasons().stream().map(r -> r.reason()).toList()
                        : state;
        assertEquals(expected, told, () -> "at " + answer.at() + " of " + book.model());
        if (verdict != Verdict.ACCEPTED) {
            happens.accept(
                    switch (verdict) {
                        case OVER -> Happening.BOOK_OVER;
                        case TOO_MANY -> Happening.BOOK_TOO_MANY;
                        default -> Happening.BOOK_NOT_ACCEPTED;
                    });
            return false;
        }
        books.accept(book.model());
        happens.accept(Happening.BOOK_ACCEPTED);
        answers.forEach(one -> hear(one, book));
        return true;
    }

    private void retire(List<RuleStatus> answers) {
        happens.accept(Happening.BOOK_RETIRED);
        for (RuleStatus answer : answers) {
            assertEquals("RETIRED", answer.state().name());
            last.put(answer.version(), "RETIRED");
        }
        for (Book book : books.all()) {
            String state = last.get(book.version());
            assertTrue(
                    book.to() <= reached || !List.of("ACTIVE", "SCHEDULED").contains(state),
                    () -> book.reference() + " is retired, and is " + state + " by what was told");
        }
        books.retire();
        deciding = null;
    }

    /** What was told while event time went on. */
    void hear(List<RuleStatus> answers) {
        answers.forEach(answer -> hear(answer, null));
        assertNull(announced, "it was announced to decide, and nothing more was said");
    }

    private void hear(RuleStatus answer, PublishedBook published) {
        long version = answer.version();
        long at = answer.at() == null ? Long.MIN_VALUE : answer.at();
        Book book = known(answer);
        Book decides = books.at(at);
        switch (answer.state().name()) {
            case "ACTIVE" -> {
                if (answer.at() == null) {
                    // Before the first stock level the record's own time counts.
                    assertTrue(book.holdsAt(published.timestamp()), () -> "" + answer);
                } else {
                    assertEquals(decides, book, () -> "does not decide: " + answer);
                }
                deciding = version;
                if (announced != null) {
                    assertEquals(announced, deciding, "another one was announced");
                    happens.accept(Happening.BOOK_DECIDES_AGAIN);
                }
                announced = null;
            }
            case "SCHEDULED" -> assertTrue(book.from() > at, () -> "has begun: " + answer);
            case "OVERTAKEN" -> {
                Book then = books.at(Math.max(book.from(), at));
                assertTrue(
                        then != null && then.version() > version
                                || !books.deciding(at).containsKey(version),
                        () -> "is not overtaken: " + answer);
                happens.accept(Happening.BOOK_OVERTAKEN);
                deciding = deciding != null && deciding == version ? null : deciding;
            }
            case "ENDED" -> {
                assertEquals(book.to(), at, () -> "does not end now: " + answer);
                assertEquals(deciding, version, () -> "did not decide: " + answer);
                happens.accept(Happening.BOOK_ENDED);
                deciding = null;
                announced = decides == null ? null : (Long) decides.version();
            }
            default -> throw new AssertionError("unexpected: " + answer);
        }
        last.put(version, answer.state().name());
    }

    private Book known(RuleStatus answer) {
        Book found = null;
        for (Book book : books.all()) {
            found = book.version() == answer.version() ? book : found;
        }
        assertNotNull(found, () -> "was never accepted, or was retired: " + answer);
        return found;
    }

    /** What was told last is true. */
    void assertTrueInTheEnd(long at) {
        Book decides = books.at(at);
        if (decides == null || decides.from() <= at) {
            assertEquals(
                    decides == null ? null : (Long) decides.version(),
                    deciding,
                    "who decides in the end, by what was told: " + last);
        }
        for (Book book : books.all()) {
            String state = last.get(book.version());
            if (book.from() <= at) {
                assertTrue(
                        !"SCHEDULED".equals(state),
                        () -> book.reference() + " has begun, and nothing was said");
            } else {
                assertTrue(
                        "SCHEDULED".equals(state)
                                || (decides != null && decides.from() > at)
                                || !books.deciding(at).containsKey(book.version()),
                        () -> book.reference() + " is ahead, and is " + state);
            }
        }
    }
}
