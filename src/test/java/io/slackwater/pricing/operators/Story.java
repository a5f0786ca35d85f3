package io.slackwater.pricing.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.demo.ContractModel;
import io.slackwater.pricing.demo.ContractModel.Book;
import io.slackwater.pricing.demo.ContractModel.Due;
import io.slackwater.pricing.operators.StoryScript.CatalogMessage;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * One random history ({@link StoryScript}), told in a random order ({@link StoryTelling}), with
 * checkpoints, failures and rescales at any moment, also in the middle of a sweep.
 *
 * <p>Each partition keeps its own order, and none waits for another, nor for event time. In some
 * stories all is quiet for long enough at the end that no hold can last; others end at any moment.
 *
 * <p>While it is told, every price that is published is checked ({@link StoryPrices}), every alert
 * of a price ({@link StoryAlerts}) and every answer to a rule book ({@link StoryAnswers}). In the
 * end the price list is what the {@link ContractModel} says, stock shifts add up to it, every line
 * has been counted in exactly one place, and what was told last of each book is true.
 *
 * <p>Some stories are told once more, by a job that begins without any state, from what the topics
 * have kept: it ends in the same prices.
 */
final class Story {

    /** What happened in a story, so that a test can say that its stories are worth telling. */
    enum Happening {
        BOOK_ACCEPTED,
        BOOK_NOT_ACCEPTED,
        BOOK_OVER,
        BOOK_TOO_MANY,
        BOOK_RETIRED,
        BOOK_OVERTAKEN,
        BOOK_ENDED,
        BOOK_DECIDES_AGAIN,
        PRICED_BY_INVENTORY,
        PRICED_BY_RULE_BOOK,
        PRICED_BY_SCHEDULE,
        PRICED_BY_CATALOG,
        WITHDRAWN,
        SEGMENT_PRICED,
        HOLD_RELEASED,
        HELD_AT_THE_END,
        CHECKPOINT_IN_A_SWEEP,
        RESTART,
        RESCALE,
        SWEEP_CANCELLED,
        LEVEL_AHEAD_AT_THE_END,
        TOLD_AGAIN_FROM_TOPICS,
        TOLD_AGAIN_ALIKE
    }

    private final Random random;
    private final Consumer<String> log;
    private final StoryScript script;
    private final int[] happenings = new int[Happening.values().length];

    /**
     * @param log hears every step, if the story is to be read
     */
    Story(long seed, Consumer<String> log) {
        // Neighbouring seeds would make the same first choices.
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.log = log;
        script = new StoryScript(random);
    }

    /** Tells the story. */
    void play() throws Exception {
        StoryTelling first =
                new StoryTelling(script, script.catalog, true, random, log, this::happens);
        first.play();
        Map<String, Due> due = due(script.catalog, first);
        first.assertEnd(due);
        if (!script.bounded) {
            for (Due one : due.values()) {
                if (one.asOf() == one.level().version().eventTime()) {
                    happens(Happening.LEVEL_AHEAD_AT_THE_END);
                }
            }
        }
        if (random.nextInt(4) == 0) {
            tellAgain(first, due);
        }
    }

    /** A job that has no state reads what the topics have kept, from their beginning. */
    private void tellAgain(StoryTelling first, Map<String, Due> due) throws Exception {
        happens(Happening.TOLD_AGAIN_FROM_TOPICS);
        if (log != null) {
            log.accept("without state, from the topics");
        }
        List<List<CatalogMessage>> catalog = script.compactedCatalog();
        StoryTelling again = new StoryTelling(script, catalog, false, random, log, this::happens);
        again.reachFrom(first);
        again.play();
        Map<String, Due> dueAgain = due(catalog, again);
        again.assertEnd(dueAgain);
        if (!again.tooMany().equals(first.tooMany())) {
            return; // It was refused for what could still decide then, and some of that is over.
        }
        long end = again.reached();
        assertEquals(
                reference(first.books().at(end)),
                reference(again.books().at(end)),
                "the book that decides after a start without state");
        if (dueAgain.equals(due) && !first.holds() && !again.holds()) {
            happens(Happening.TOLD_AGAIN_ALIKE);
            assertEquals(first.priceList(), again.priceList(), "after a start without state");
        }
    }

    private static String reference(Book book) {
        return book == null ? "none" : book.reference();
    }

    private Map<String, Due> due(List<List<CatalogMessage>> catalog, StoryTelling telling) {
        ContractModel model = new ContractModel();
        script.inventory.forEach(partition -> partition.forEach(model::add));
        for (List<CatalogMessage> partition : catalog) {
            for (CatalogMessage message : partition) {
                model.addCatalogEntry(message.product(), message.entry(), message.version());
            }
        }
        return model.priceList(telling.books(), telling.reached());
    }

    /** How often what happened, by ordinal. */
    int[] happenings() {
        return happenings;
    }

    private void happens(Happening happening) {
        happenings[happening.ordinal()]++;
    }
}
