import { useQuery } from "@tanstack/react-query";
import { readFile } from "@/api/client";
import type { Output } from "@/api/types";
import type { FileValue } from "@/widgets/widget";
import { valueOf } from "./shown";

/** Read a value that lies in a file because it is large. */
export function useInFile(file: FileValue | undefined, type: string) {
  return useQuery({
    queryKey: ["file", file?.blob],
    enabled: file !== undefined,
    staleTime: Infinity,
    queryFn: async () => {
      const text = await readFile(file?.blob ?? "");
      return type === "text" ? text : (JSON.parse(text) as unknown);
    },
  });
}

/** The value of an output, wherever it lies. */
export function useContent(output: Output): { value: unknown; isPending: boolean } {
  const { value, inFile } = valueOf(output);
  const read = useInFile(inFile, output.type);
  return inFile ? { value: read.data, isPending: read.isPending } : { value, isPending: false };
}
