package io.slackwater.pricing.tools;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text in aligned columns. Rows may be shorter than others; a cell is one line, whatever
 * stands in it.
 */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final List<Integer> right;

    /**
     * @param right the columns that are aligned to the right, from 0
     */
    Table(Integer... right) {
        this.right = List.of(right);
    }

    /** Adds a row; a null cell is empty. */
    Table row(Object... cells) {
        List<String> row = new ArrayList<>(cells.length);
        for (Object cell : cells) {
            row.add(cell == null ? "" : HarmlessWriter.line(cell.toString()));
        }
        rows.add(row);
        return this;
    }

    /** Prints all rows, each after two spaces and an indent. */
    void print(PrintWriter out, String indent) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        for (List<String> row : rows) {
            while (row.size() < columns) {
                row.add("");
            }
        }
        Wording.table(rows, right).forEach(line -> out.println(indent + line));
    }
}
