package io.slackwater.pricing.tools;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Rows of text in aligned columns, two spaces between them. A cell is one line, whatever stands in
 * it.
 */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();
    private final Set<Integer> right;

    /**
     * @param right the columns that are aligned to the right, from 0
     */
    Table(Integer... right) {
        this.right = Set.of(right);
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

    /** Prints all rows, each after an indent. */
    void print(PrintWriter out, String indent) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < row.size(); i++) {
                String padding = " ".repeat(widths[i] - width(row.get(i)));
                line.append(i == 0 ? "" : "  ");
                line.append(right.contains(i) ? padding : "").append(row.get(i));
                line.append(right.contains(i) ? "" : padding);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
