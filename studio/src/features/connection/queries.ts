/** The one cache of what the server said, and what is done when it does not answer. */

import { QueryCache, QueryClient } from "@tanstack/react-query";
import { AwayError, RefusedError } from "@/api/client";
import { useConnection } from "./connection";

export const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof AwayError) useConnection.getState().lose();
      if (error instanceof RefusedError && error.status === 401) useConnection.getState().signOut();
    },
  }),
  defaultOptions: {
    queries: {
      retry: false, // the connection watches over the server, and asks everything again when it is back
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      networkMode: "always", // the server is on this machine: no network is needed
    },
    mutations: { networkMode: "always", retry: false },
  },
});
