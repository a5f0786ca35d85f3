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
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What the rules said of themselves in a {@link Story}: each book gets the answer that the contract
 * gives at the event time reached, and whoever reads on knows at each moment which version decides.
 */
final class StoryAnswers {

    private final int keptVersions;
    private final boolean live;
    private final boolean isStrict;
    private final Consumer<Happening> happens;
    private final ContractBooks books;

    /** The state that was told last, by version. */
    private final Map<Long, String> last;

    /** The version that decides by all that was told; null: none does. */
    private Long deciding;

    /** Versions that were refused because too many are kept. */
    private final Set<Long> tooMany;

    /** What an end announced, and the next answer has to say. */
    private Long announced;

    private long reached = Long.MIN_VALUE;

    /**
     * @param isStrict whether each answer is checked: a start without state may have forgotten what
     *     was over when the books were published, and goes through that time all the same
     */
    StoryAnswers(StoryScript script, boolean isStrict, Consumer<Happening> happens) {
        this.isStrict = isStrict;
        keptVersions = Math.max(2, script.keptVersions);
        live = !script.bounded;
        this.happens = happens;
        books = new ContractBooks();
        last = new HashMap<>();
        tooMany = new TreeSet<>();
    }

    private StoryAnswers(StoryAnswers other) {
        keptVersions = other.keptVersions;
        live = other.live;
        isStrict = other.isStrict;
        happens = other.happens;
        books = other.books.copy();
        last = new HashMap<>(other.last);
        tooMany = new TreeSet<>(other.tooMany);
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

    /** The versions that were refused because too many could still decide. */
    Set<Long> tooMany() {
        return tooMany;
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
        RuleStatus answer =
                answers.stream()
                        .filter(one -> book.model().version() == known(one.version()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no answer in " + answers));
        String state = answer.state().name();
        if (answer.at() != null) {
            assertTrue(answer.at() <= reached, () -> "event time never came so far: " + answer);
        }
        if (!book.isValid()) {
            assertTrue(
                    state.equals("REJECTED") || state.equals("STALE"),
                    () -> "of a faulty book: " + answer);
            happens.accept(Happening.BOOK_NOT_ACCEPTED);
            return false;
        }
        // Before the first stock level the record's own time counts.
        long now = answer.at() == null ? book.timestamp() : answer.at();
        long published = live ? book.timestamp() : Long.MIN_VALUE;
        Verdict verdict =
                books.verdict(
                        book.model(),
                        now,
                        published,
                        Math.max(now, book.timestamp()),
                        keptVersions);
        String expected =
                switch (verdict) {
                    case STALE -> "STALE";
                    case OVER -> "REJECTED [BOOK_IS_OVER]";
                    case TOO_MANY -> "REJECTED [TOO_MANY_VERSIONS]";
                    case ACCEPTED ->
                            answer.at() != null && book.model().to() <= now
                                    ? "ENDED"
                                    : book.model().from() <= now ? "ACTIVE" : "SCHEDULED";
                };
        String told =
                state.equals("REJECTED")
                        ? state + " " + answer.reasons().stream().map(r -> r.reason()).toList()
                        : state;
        assertEquals(expected, told, () -> "at " + answer.at() + " of " + book.model());
        if (verdict == Verdict.TOO_MANY) {
            tooMany.add(book.model().version());
        }
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
        Map<Long, Book> lost = books.deciding(reached);
        for (Book book : books.all()) {
            String state = last.get(book.version());
            assertTrue(
                    !(lost.containsKey(book.version()) || "SCHEDULED".equals(state))
                            || !List.of("ACTIVE", "SCHEDULED").contains(state),
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

    /**
     * @param published the book that it answers; null: event time went on
     */
    private void hear(RuleStatus answer, PublishedBook published) {
        Book book = known(answer);
        boolean isAnswer = published != null && book.version() == published.model().version();
        // Before the first stock level the record's own time counts.
        long at = answer.at() == null ? published.timestamp() : answer.at();
        if (isStrict && !(isAnswer && answer.at() == null)) {
            check(answer, book, at, isAnswer);
        }
        Long version = answer.version();
        switch (answer.state().name()) {
            case "ACTIVE" -> {
                if (announced != null) {
                    assertEquals(announced, version, "another one was announced");
                    happens.accept(Happening.BOOK_DECIDES_AGAIN);
                }
                deciding = version;
                announced = null;
            }
            case "ENDED" -> {
                happens.accept(Happening.BOOK_ENDED);
                if (!isAnswer) {
                    deciding = null;
                    announced = answer.deciding();
                }
            }
            case "OVERTAKEN" -> happens.accept(Happening.BOOK_OVERTAKEN);
            default -> {}
        }
        last.put(version, answer.state().name());
    }

    private void check(RuleStatus answer, Book book, long at, boolean isAnswer) {
        long asOf = at;
        switch (answer.state().name()) {
            case "ACTIVE" -> assertEquals(books.at(at), book, () -> "does not decide: " + answer);
            case "SCHEDULED" -> assertTrue(book.from() > at, () -> "has begun: " + answer);
            case "OVERTAKEN" -> {
                asOf = Math.max(book.from(), at);
                assertTrue(
                        books.at(asOf) != book || !books.deciding(at).containsKey(book.version()),
                        () -> "is not overtaken: " + answer);
                assertTrue(book.version() != known(deciding), () -> "decides: " + answer);
            }
            case "ENDED" -> {
                // One that is read late may have been over for long, or by the wall clock only.
                assertTrue(
                        isAnswer ? book.to() <= at : book.to() == at,
                        () -> "does not end now: " + answer);
                assertTrue(
                        isAnswer
                                || book.version() == known(deciding)
                                || "ENDED".equals(last.get(book.version())),
                        () -> "did not decide: " + answer);
            }
            default -> throw new AssertionError("unexpected: " + answer);
        }
        Book decides = books.at(asOf);
        assertEquals(
                decides == null ? null : (Long) decides.version(),
                answer.deciding(),
                () -> "says who decides: " + answer);
    }

    private static long known(Long version) {
        return version == null ? 0 : version;
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
