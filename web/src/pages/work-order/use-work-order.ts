import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ask } from '../../api/ask.ts';

export const detailKey = (id: string) => ['work-order', id];

export function useDetail(id: string) {
  return useQuery({
    queryKey: detailKey(id),
    queryFn: ({ signal }) => ask('get /api/work-orders/{id}', { params: { id }, signal }),
  });
}

/** Finds a work order by its id or the end of it, and puts the full id into the URL, as the live feed uses full ids. */
export function useWorkOrder(id: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const query = useDetail(id);
  const detail = query.data;
  useEffect(() => {
    if (!detail || detail.id === id) return;
    client.setQueryData(detailKey(detail.id), detail);
    void navigate({
      to: '/work-orders/$id',
      params: { id: detail.id },
      search: (now) => ({ ...now }),
      replace: true,
    });
  }, [client, navigate, detail, id]);
  return query;
}
